//! Shared objects of Unix.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::{OpenError, Said, VERSION};

type Count = unsafe extern "C" fn() -> c_int;
type New = unsafe extern "C" fn() -> *mut c_void;
type Delete = unsafe extern "C" fn(*mut c_void);
type Precision = unsafe extern "C" fn(*mut c_void) -> c_int;
type Eval = unsafe extern "C" fn(*mut c_void, u64, *const u8, *mut u8, *mut u64) -> c_int;
type Message = unsafe extern "C" fn(*mut c_void) -> *const c_char;

/// A loaded model. It stays loaded as long as the process runs, because threads of its own may still end in it.
#[derive(Debug)]
pub struct Library {
    new: New,
    delete: Delete,
    precision: Precision,
    eval: Eval,
    message: Message,
    inputs: usize,
    outputs: usize,
}

/// Most bits that go in or come out.
const MOST_BITS: c_int = 1 << 20;

impl Library {
    /// Loads a model. The file must be one that was compiled with the functions of this crate's documentation: whatever
    /// else it is, its code runs as it is loaded.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path) -> Result<Arc<Self>, OpenError> {
        let shown = path.display().to_string();
        let no_model = |message: String| OpenError::NoModel { path: shown.clone(), message };
        let name = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| no_model("its name has a zero in it".to_owned()))?;
        // SAFETY: the name ends with a zero; flags are those of the system.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if handle.is_null() {
            return Err(OpenError::Load { path: shown, message: last_error() });
        }
        let find = |name: &CStr| -> Result<*mut c_void, OpenError> {
            // SAFETY: the handle is that of a loaded object, the name ends with a zero.
            let symbol = unsafe { libc::dlsym(handle, name.as_ptr()) };
            if symbol.is_null() {
                return Err(no_model(format!("it has no {}", name.to_string_lossy())));
            }
            Ok(symbol)
        };
        let count = |name: &CStr| -> Result<c_int, OpenError> {
            // SAFETY: a model's functions of these names take nothing and give an int.
            let function = unsafe { std::mem::transmute::<*mut c_void, Count>(find(name)?) };
            // SAFETY: as above.
            Ok(unsafe { function() })
        };
        let version = count(c"memspike_version")?;
        if version != VERSION {
            return Err(no_model(format!("it is of version {version}, not {VERSION}")));
        }
        let bits = |name: &CStr| -> Result<usize, OpenError> {
            let found = count(name)?;
            if !(0..=MOST_BITS).contains(&found) {
                return Err(no_model(format!("it has {found} bits")));
            }
            Ok(found as usize)
        };
        let (inputs, outputs) = (bits(c"memspike_inputs")?, bits(c"memspike_outputs")?);
        let [new, delete, precision] = [c"memspike_new", c"memspike_delete", c"memspike_precision"];
        // SAFETY: a model of this version has functions of these types under these names.
        unsafe {
            Ok(Arc::new(Self {
                new: std::mem::transmute::<*mut c_void, New>(find(new)?),
                delete: std::mem::transmute::<*mut c_void, Delete>(find(delete)?),
                precision: std::mem::transmute::<*mut c_void, Precision>(find(precision)?),
                eval: std::mem::transmute::<*mut c_void, Eval>(find(c"memspike_eval")?),
                message: std::mem::transmute::<*mut c_void, Message>(find(c"memspike_message")?),
                inputs,
                outputs,
            }))
        }
    }

    /// How many bits go in.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many bits come out.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }
}

/// What the system says of the last failure.
fn last_error() -> String {
    // SAFETY: the text belongs to the system until its next call here, and is copied at once.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            String::new()
        } else {
            CStr::from_ptr(text).to_string_lossy().into_owned()
        }
    }
}

/// A model in motion.
#[derive(Debug)]
pub struct Instance {
    model: Arc<Library>,
    raw: NonNull<c_void>,
}

// SAFETY: an instance has a context of its own and no thread of its own; it may be used by one thread after another.
unsafe impl Send for Instance {}

impl Instance {
    /// An instance in its initial state; none if there is no memory for it.
    #[must_use]
    pub fn new(library: &Arc<Library>) -> Option<Self> {
        // SAFETY: the function takes nothing, and gives an instance or null.
        let raw = NonNull::new(unsafe { (library.new)() })?;
        Some(Self { model: Arc::clone(library), raw })
    }

    /// The unit of its time, as a power of ten of a second.
    #[must_use]
    pub fn precision(&self) -> i32 {
        // SAFETY: the instance is alive.
        unsafe { (self.model.precision)(self.raw.as_ptr()) }
    }

    /// Sets its inputs at a time in its unit, and reads its outputs.
    ///
    /// # Panics
    /// If there are not as many bits as the model has.
    pub fn eval(&mut self, time: u64, inputs: &[u8], outputs: &mut [u8]) -> Said {
        assert_eq!(inputs.len(), self.model.inputs, "a byte for each bit that goes in");
        assert_eq!(outputs.len(), self.model.outputs, "a byte for each bit that comes out");
        let mut next = u64::MAX;
        // SAFETY: the instance is alive, and the slices are as long as the model says that it reads and writes.
        let status = unsafe {
            let (inputs, outputs) = (inputs.as_ptr(), outputs.as_mut_ptr());
            (self.model.eval)(self.raw.as_ptr(), time, inputs, outputs, &mut next)
        };
        match status {
            0 => Said::GoesOn(Some(next).filter(|next| *next != u64::MAX)),
            1 => Said::Ended,
            _ => {
                // SAFETY: the instance is alive; the text ends with a zero and is copied before the next call.
                let message = unsafe { CStr::from_ptr((self.model.message)(self.raw.as_ptr())) };
                Said::Failed(message.to_string_lossy().into_owned())
            }
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: the instance is alive, and nobody has it after this.
        unsafe { (self.model.delete)(self.raw.as_ptr()) }
    }
}
