//! What a training by exact gradients tells.

use memspike_adjoint::{Epoch, Options, RunsAway, State, accuracy};
use memspike_report as report;
use serde::Serialize;

use super::{Ended, NETWORK, REPORT, task::Task};
use crate::{failure::Failure, files, print, shell, show, train_args::TrainArguments};

/// Everything needed to make the network again, and how it came about: training.json.
#[derive(Serialize)]
pub struct Report<'a> {
    /// Version of the program.
    memspike: &'static str,
    gradient: &'static str,
    options: &'a Options,
    /// The digest of the network before training.
    network: String,
    /// Samples that were trained on, and those by which the best epoch was chosen.
    samples: [usize; 2],
    /// A number that other training samples would hardly have.
    data_fingerprint: String,
    /// Whether the user ended the training early.
    interrupted: bool,
    /// The epoch that the network is from.
    best: Option<Epoch>,
    /// Part of the test samples that it decides rightly, if there are any.
    test_accuracy: Option<f64>,
    history: &'a [Epoch],
    /// Why it ended early, if a layer fired without end.
    #[serde(skip)]
    ran_away: Option<RunsAway>,
    #[serde(skip)]
    published: &'static [(&'static str, &'static str)],
}

/// What others have published of Yin-Yang.
const PUBLISHED: [(&str, &str); 3] = [
    ("a network without spikes, 4-120-3 (Kriener et al. 2022)", "98.7 %"),
    ("EventProp, 200 hidden (Wunderlich, Pehle 2021)", "98.1 %"),
    ("first spikes, 120 hidden (Goeltz et al. 2021)", "95.9 %"),
];

impl<'a> Report<'a> {
    /// Of a training as far as it has come. The best network is shown the test samples, once.
    pub fn new(
        task: &Task,
        options: &'a Options,
        state: &'a State,
        ended: Ended,
    ) -> Result<Self, Failure> {
        let tested = match (&state.best, &task.test) {
            (Some(best), Some(test)) => {
                let found = accuracy(&task.layers, &best.weights, test, options);
                Some(found.map_err(|error| Failure::Work(format!("error: {error}")))?)
            }
            _ => None,
        };
        Ok(Self {
            memspike: env!("CARGO_PKG_VERSION"),
            gradient: "exact",
            options,
            network: task.digest(),
            samples: [task.training.samples.len(), task.validation.samples.len()],
            data_fingerprint: format!("{:016x}", task.training.fingerprint()),
            interrupted: matches!(ended, Ended::Interrupted),
            best: state.best.as_ref().map(|best| best.epoch),
            test_accuracy: tested,
            history: &state.history,
            ran_away: if let Ended::RanAway(error) = ended { Some(error) } else { None },
            published: if task.is_yin_yang { &PUBLISHED } else { &[] },
        })
    }

    /// Writes and shows it, and ends as the training did.
    pub fn finish(&self, arguments: &TrainArguments) -> Result<(), Failure> {
        let json = report::json(self);
        files::write(&arguments.out.join(REPORT), json.as_bytes())?;
        if arguments.json.json {
            print(&json)?
        } else {
            show(&self.text(arguments))?
        }
        if let Some(error) = &self.ran_away {
            return Err(Failure::Work(format!("error: {error}")));
        }
        if self.interrupted {
            let done = self.history.len();
            return Err(Failure::Work(format!(
                "interrupted after {done} epochs: --resume goes on"
            )));
        }
        Ok(())
    }

    fn text(&self, arguments: &TrainArguments) -> String {
        let (Some(best), Some(last)) = (self.best, self.history.last()) else {
            return String::new();
        };
        let percent = |part: f64| format!("{:.2} %", 100.0 * part);
        let mut rows = vec![
            vec!["training samples, while training".to_owned(), percent(best.training_accuracy)],
            vec!["validation samples".to_owned(), percent(best.validation_accuracy)],
        ];
        if let Some(tested) = self.test_accuracy {
            rows.push(vec!["test samples".to_owned(), percent(tested)]);
        }
        let published = self.published.iter().map(|(who, found)| [*who, *found].map(str::to_owned));
        rows.extend(published.map(Vec::from));
        let table = report::table(&["right", ""], rows);
        let network = arguments.out.join(NETWORK);
        let until_s = self.options.until_s;
        format!(
            "{table}\n\nBest: epoch {} of {} ({} of the validation samples right after the last)\nIts network, with the spikes of one sample:\n  memspike net {} --until \
             {until_s}\n",
            best.number,
            self.history.len(),
            percent(last.validation_accuracy),
            shell::path(&network)
        )
    }
}
