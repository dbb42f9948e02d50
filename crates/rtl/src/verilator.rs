//! A module that Verilator has compiled: two levels, in this process.

use std::sync::Arc;

use memspike_digital::Level;
use memspike_foreign::{Instance, Library, Said};

use crate::compile::compile;
use crate::module::{Code, Motion};
use crate::tool::forget;
use crate::{Port, RtlError, Sources};

/// The compiled model.
pub(crate) struct Verilator(Arc<Library>);

impl Verilator {
    /// Compiles a module, or takes it from where compiled ones are kept. Gives its name and its ports, too.
    pub fn compile(sources: &Sources) -> Result<(Self, String, Vec<Port>), RtlError> {
        let mut compiled = compile(sources)?;
        let library = match Library::open(&compiled.object) {
            Ok(library) => library,
            // A kept one that was damaged is made anew.
            Err(_) => {
                forget(&compiled.object);
                compiled = compile(sources)?;
                Library::open(&compiled.object)?
            }
        };
        Ok((Self(library), compiled.top, compiled.ports))
    }
}

impl Code for Verilator {
    fn begin(&self) -> Result<Box<dyn Motion>, String> {
        let instance = Instance::new(&self.0, None).ok_or("there is no memory for it")?;
        let exponent = (15 + instance.precision()).clamp(0, 18) as u32;
        Ok(Box::new(Running {
            instance,
            unit_fs: 10_u64.pow(exponent),
            inputs: vec![0; self.0.inputs()],
            outputs: vec![0; self.0.outputs()],
        }))
    }

    fn knows_floating(&self) -> bool {
        false
    }

    fn compiled(&self) -> Option<&Arc<Library>> {
        Some(&self.0)
    }
}

#[derive(Debug)]
struct Running {
    instance: Instance,
    unit_fs: u64,
    /// The last known level of each input.
    inputs: Vec<u8>,
    outputs: Vec<u8>,
}

impl Motion for Running {
    fn unit_fs(&self) -> u64 {
        self.unit_fs
    }

    fn eval(&mut self, time: u64, inputs: &[Level], outputs: &mut [Level]) -> Said {
        for (kept, level) in self.inputs.iter_mut().zip(inputs) {
            *kept = level.known().map_or(*kept, u8::from);
        }
        let said = self.instance.eval(time, &self.inputs, &mut self.outputs);
        for (output, bit) in outputs.iter_mut().zip(&self.outputs) {
            *output = Level::of(*bit == 1);
        }
        said
    }
}
