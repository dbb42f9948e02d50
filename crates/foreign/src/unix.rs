//! Shared objects of Unix.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::num::NonZeroU32;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::{OpenError, Said, VERSION};

type Count = unsafe extern "C" fn() -> c_int;
type New = unsafe extern "C" fn(u64) -> *mut c_void;
type Delete = unsafe extern "C" fn(*mut c_void);
type Precision = unsafe extern "C" fn(*mut c_void) -> c_int;
type Eval = unsafe extern "C" fn(*mut c_void, u64, *const u8, *mut u8, *mut u64) -> c_int;
type Cycles =
    unsafe extern "C" fn(*mut c_void, u32, u64, *mut u8, *const u8, *mut u8, *mut u64) -> c_int;
type Message = unsafe extern "C" fn(*mut c_void) -> *const c_char;

/// A loaded model. It stays loaded as long as the process runs, because threads of its own may still end in it.
#[derive(Debug)]
pub struct Library {
    new: New,
    delete: Delete,
    precision: Precision,
    eval: Eval,
    cycles: Cycles,
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
                cycles: std::mem::transmute::<*mut c_void, Cycles>(find(c"memspike_cycles")?),
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
    /// An instance in its initial state; none if there is no memory for it. What the Verilog leaves open is zero, or random
    /// and the same each time where there is a seed.
    #[must_use]
    pub fn new(library: &Arc<Library>, seed: Option<NonZeroU32>) -> Option<Self> {
        let seed = seed.map_or(0, |seed| seed.get().into());
        // SAFETY: the function takes a number, and gives an instance or null.
        let raw = NonNull::new(unsafe { (library.new)(seed) })?;
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
        self.said(status, Some(next).filter(|next| *next != u64::MAX))
    }

    /// Lets its clock, which is this bit of the inputs, go low and high at most so many times, and no more after a cycle in
    /// which a watched output was one. Outputs are what they were before the last rising edge. The number of cycles.
    ///
    /// # Errors
    /// What it says if it ends or fails.
    ///
    /// # Panics
    /// If there are not as many bits as the model has, or no such input.
    pub fn cycles(
        &mut self,
        (clock, most): (usize, u64),
        inputs: &mut [u8],
        watch: &[u8],
        outputs: &mut [u8],
    ) -> Result<u64, Said> {
        assert_eq!(inputs.len(), self.model.inputs, "a byte for each bit that goes in");
        assert_eq!(outputs.len(), self.model.outputs, "a byte for each bit that comes out");
        assert_eq!(watch.len(), self.model.outputs, "a byte for each bit that may be watched");
        assert!(clock < inputs.len(), "a bit that goes in");
        let mut done = 0;
        // SAFETY: the instance is alive, the slices are as long as the model says that it reads and writes, the clock is one of
        // the inputs, of which there are fewer than 2^20.
        let status = unsafe {
            let (watch, outputs) = (watch.as_ptr(), outputs.as_mut_ptr());
            let raw = self.raw.as_ptr();
            (self.model.cycles)(
                raw,
                clock as u32,
                most,
                inputs.as_mut_ptr(),
                watch,
                outputs,
                &mut done,
            )
        };
        match self.said(status, None) {
            Said::GoesOn(_) => Ok(done),
            said => Err(said),
        }
    }

    fn said(&self, status: c_int, next: Option<u64>) -> Said {
        match status {
            0 => Said::GoesOn(next),
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
