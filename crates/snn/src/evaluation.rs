//! How good a network is, over many images.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Dataset, Energy, Image, Response};

/// Sums over images.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Evaluation {
    /// Images shown.
    pub images: u32,
    /// By label (row) and decision (column): how many.
    pub confusion: Vec<Vec<u32>>,
    /// By label (row) and output neuron (column): spikes.
    pub spikes: Vec<Vec<u64>>,
    /// Energy of all of them.
    pub energy: Energy,
    /// The same of the oscillation neurons, then of each layer; nothing at point level.
    #[serde(default)]
    pub by_layer: Vec<Energy>,
}

impl Evaluation {
    /// Shows every image of a data set, on the threads of the present pool. `respond` is given an
    /// image and its number, and `shown` is called after each; the sums do not depend on threads.
    ///
    /// # Errors
    /// What `respond` cannot answer; the images after it may not have been shown.
    pub fn of<W: Default + Send, E: Send>(
        data: &Dataset,
        respond: impl Fn(&mut W, u32, &Image) -> Result<Response, E> + Sync,
        shown: impl Fn() + Sync,
    ) -> Result<Self, E> {
        let labels: Vec<usize> = data.labels.iter().map(|label| usize::from(*label)).collect();
        let image = |number: u32| &data.images[number as usize];
        Self::of_labels(
            &labels,
            |workspace, number| respond(workspace, number, image(number)),
            shown,
        )
    }

    /// As [`Evaluation::of`], of whatever has these labels: `respond` is given a number from 0 on.
    ///
    /// # Errors
    /// As [`Evaluation::of`].
    pub fn of_labels<W: Default + Send, E: Send>(
        labels: &[usize],
        respond: impl Fn(&mut W, u32) -> Result<Response, E> + Sync,
        shown: impl Fn() + Sync,
    ) -> Result<Self, E> {
        let responses: Vec<Response> = (0..labels.len())
            .into_par_iter()
            .map_init(W::default, |workspace, number| {
                let response = respond(workspace, number as u32);
                shown();
                response
            })
            .collect::<Result<_, E>>()?;
        let outputs = responses.iter().map(|response| response.counts.len());
        let known = labels.iter().map(|label| label + 1);
        let classes = outputs.chain(known).max().unwrap_or_default();
        let mut evaluation = Self {
            confusion: vec![vec![0; classes]; classes],
            spikes: vec![vec![0; classes]; classes],
            ..Self::default()
        };
        for (response, label) in responses.iter().zip(labels) {
            evaluation.add(*label, response);
        }
        Ok(evaluation)
    }

    fn add(&mut self, label: usize, response: &Response) {
        self.images += 1;
        self.confusion[label][response.decision()] += 1;
        for (sum, count) in self.spikes[label].iter_mut().zip(&response.counts) {
            *sum += u64::from(*count);
        }
        self.energy += response.energy;
        self.by_layer.resize(response.by_layer.len(), Energy::default());
        for (sum, energy) in self.by_layer.iter_mut().zip(&response.by_layer) {
            *sum += *energy;
        }
    }

    /// Images that were decided rightly.
    #[must_use]
    pub fn right(&self) -> u32 {
        self.confusion.iter().enumerate().map(|(class, row)| row[class]).sum()
    }

    /// Part of the images that was decided rightly.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        f64::from(self.right()) / f64::from(self.images.max(1))
    }

    /// Mean spikes of each output neuron (column) for the images of each label (row).
    #[must_use]
    pub fn mean_counts(&self) -> Vec<Vec<f64>> {
        let mean = |(spikes, decisions): (&Vec<u64>, &Vec<u32>)| {
            let images: u32 = decisions.iter().sum();
            spikes.iter().map(|spikes| *spikes as f64 / f64::from(images.max(1))).collect()
        };
        self.spikes.iter().zip(&self.confusion).map(mean).collect()
    }

    /// Mean energy of an image (J).
    #[must_use]
    pub fn mean_energy(&self) -> Energy {
        self.energy.over(f64::from(self.images.max(1)))
    }

    /// The same of the oscillation neurons, then of each layer (J); nothing at point level.
    #[must_use]
    pub fn mean_by_layer(&self) -> Vec<Energy> {
        let images = f64::from(self.images.max(1));
        self.by_layer.iter().map(|energy| energy.over(images)).collect()
    }
}
