//! How large a core is on a device, and how fast.

use std::path::Path;

use memspike_hdl::{Cells, Device, Layout, PlaceError, cells, synthesise};
use memspike_lif_core::{Core, Stimulus, clocked_answers};
use memspike_report::engineering;
use serde::Serialize;

use super::hardware::exported;
use super::{Task, work};
use crate::{failure::Failure, interrupt, progress::Progress};

/// Images whose clock cycles are counted.
const IMAGES: usize = 10;

/// What is known of a core as hardware.
#[derive(Serialize)]
pub struct Size {
    /// Of the first images, in the mean.
    pub cycles_an_image: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub luts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flip_flops: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_rams: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fmax_mhz: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_s: Option<f64>,
    /// Why figures are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl Size {
    /// Counts cycles, and asks the tools for the rest if there is a device. What they do not say is missing.
    pub fn of(
        core: &Core,
        task: &Task,
        layout: &dyn Layout,
        device: Option<&'static Device>,
    ) -> Self {
        let cycles_an_image = cycles(core, task, layout);
        let mut size = Self {
            cycles_an_image,
            device: device.map(|device| device.name),
            luts: None,
            flip_flops: None,
            block_rams: None,
            fmax_mhz: None,
            image_s: None,
            missing: None,
        };
        if let Some(device) = device {
            let running = Progress::waiting("synthesis", device.about);
            size.missing = size.ask(core, layout, device).err();
            drop(running);
        }
        size
    }

    /// Asks the tools; why they do not say all.
    fn ask(&mut self, core: &Core, layout: &dyn Layout, device: &Device) -> Result<(), String> {
        let folder =
            exported(core, layout).map_err(|failure| failure.to_string().replace("error: ", ""))?;
        self.synthesise(folder.path(), device).map_err(|error| reason(&error))
    }

    fn synthesise(&mut self, folder: &Path, device: &Device) -> Result<(), PlaceError> {
        let Cells { luts, flip_flops, block_rams } = cells(folder, device, &interrupt::asked)?;
        (self.luts, self.flip_flops) = (Some(luts), Some(flip_flops));
        self.block_rams = Some(block_rams);
        let (_, placed) = synthesise(folder, device, "", 1, &interrupt::asked)?;
        let fmax_mhz = placed.first().map(|placed| placed.fmax_mhz);
        self.fmax_mhz = fmax_mhz;
        self.image_s = fmax_mhz.map(|mhz| self.cycles_an_image as f64 / (mhz * 1e6));
        Ok(())
    }

    /// A line or two.
    pub fn text(&self) -> String {
        let mut text = format!("{} clock cycles an image", self.cycles_an_image);
        if let (Some(luts), Some(flip_flops), Some(rams)) =
            (self.luts, self.flip_flops, self.block_rams)
        {
            let device = self.device.unwrap_or_default();
            text +=
                &format!("; on {device} {luts} LUT4, {flip_flops} flip-flops, {rams} block RAMs");
        }
        if let (Some(mhz), Some(image_s)) = (self.fmax_mhz, self.image_s) {
            text += &format!(", {mhz:.1} MHz: {} an image", engineering(image_s, "s"));
        }
        if let Some(missing) = &self.missing {
            text += &format!("\nno more figures: {missing}");
        }
        text + "\n"
    }
}

/// Clock cycles of an image, in the mean over the first ones.
fn cycles(core: &Core, task: &Task, layout: &dyn Layout) -> u64 {
    let images = &task.data.images[..IMAGES.min(task.images())];
    let stimuli: Vec<Stimulus> = images.iter().flat_map(|image| task.stream.of(image)).collect();
    let (_, cycles) = clocked_answers(core, layout.model(), &stimuli);
    cycles / images.len() as u64
}

/// The line of a tool's output that says why.
fn reason(error: &PlaceError) -> String {
    match error {
        PlaceError::Failed(output) => {
            let error = output.lines().find(|line| line.contains("ERROR"));
            error.or_else(|| output.lines().last()).unwrap_or("a tool failed").trim().to_owned()
        }
        error => error.to_string(),
    }
}

/// The device of this name; nothing for `none`.
pub fn device(name: &str) -> Result<Option<&'static Device>, Failure> {
    match name {
        "none" => Ok(None),
        _ => Device::named(name).map(Some).ok_or_else(|| work(&format!("no device {name}"))),
    }
}
