//! Models and functions as JSON.

use memspike_netlist::manual::{FunctionEntry, ModelEntry};
use serde::Serialize;

#[derive(Serialize)]
pub struct Models {
    pub models: Vec<ModelValue>,
}

#[derive(Serialize)]
pub struct Functions {
    pub functions: Vec<FunctionValue>,
}

/// A kind of model.
#[derive(Serialize)]
pub struct ModelValue {
    name: &'static str,
    about: &'static str,
    form: String,
    parameters: Vec<ParameterValue>,
    words: Vec<WordValue>,
}

#[derive(Serialize)]
struct ParameterValue {
    name: &'static str,
    unit: &'static str,
    /// None where a card must say it, or where its absence means something.
    default: Option<f64>,
    about: &'static str,
    words: Vec<&'static str>,
}

#[derive(Serialize)]
struct WordValue {
    name: &'static str,
    form: &'static str,
    about: &'static str,
}

/// A function.
#[derive(Serialize)]
pub struct FunctionValue {
    name: &'static str,
    form: String,
    about: &'static str,
    random: bool,
}

impl ModelValue {
    pub fn of(model: &ModelEntry) -> Self {
        let parameters = model.parameters.iter().map(|parameter| ParameterValue {
            name: parameter.name,
            unit: parameter.unit,
            default: Some(parameter.default).filter(|value| !value.is_nan()),
            about: parameter.doc,
            words: parameter.words.iter().map(|(word, _)| *word).collect(),
        });
        let words = model.words.iter().map(|word| WordValue {
            name: word.name,
            form: word.form,
            about: word.about,
        });
        Self {
            name: model.name,
            about: model.about,
            form: model.form.clone(),
            parameters: parameters.collect(),
            words: words.collect(),
        }
    }
}

impl FunctionValue {
    pub fn of(function: &FunctionEntry) -> Self {
        let FunctionEntry { name, form, about, random } = function.clone();
        Self { name, form, about, random }
    }
}
