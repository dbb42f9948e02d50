//! Parameters of the diffusive memristor: names, units and defaults, what each may be, and the device that they make.

use std::sync::Arc;

use super::Diffusive;
use crate::dissolution::Dissolution;
use crate::growth::Growth;
use crate::registry::{BuiltModel, positive};
use crate::variation::Variation;
use crate::{ModelKind, Parameter, ParameterError, Terminals};

/// Defaults: the Pt/Ag/ZnO/Pt device of netlists/cards/zno.lib.
const PARAMETERS: &[Parameter] = &[
    Parameter::new("von", "V", 0.1655, "voltage above which the filament grows"),
    Parameter::new("vs", "V", 0.06, "voltage scale of the growth rate"),
    Parameter::new("t0", "s", 0.049119, "growth time at von"),
    Parameter::new("ton_min", "s", 20e-9, "shortest growth time"),
    Parameter::new("vhold", "V", 0.09961, "voltage at which the filament ruptures"),
    Parameter::new("gres", "1", 0.6918, "filament left behind by a rupture"),
    Parameter::new(
        "trelax",
        "s",
        6.5914e-3,
        "time constant of dissolution, or the time after which gres is gone",
    ),
    Parameter::new("roff", "ohm", 128.7e6, "resistance when off"),
    Parameter::new("ron", "ohm", 128.7, "least resistance when on"),
    Parameter::new(
        "vform",
        "V",
        0.1287,
        "voltage across a filament as it forms; 0 if it always reaches ron",
    ),
    Parameter::new(
        "dissolution",
        "1",
        3.0,
        "0 exponential; n above 0: the n-th power of the filament falls evenly, 3 is cubic",
    )
    .words(&[("exponential", 0.0), ("cubic", 3.0)]),
    Parameter::new("unipolar", "1", 0.0, "1 if only positive voltage grows the filament, else 0"),
    Parameter::new("sigma_von", "V", 0.0, "standard deviation of von from cycle to cycle"),
    Parameter::new("sigma_vhold", "V", 0.0, "standard deviation of vhold from cycle to cycle"),
    Parameter::new("spread_von", "V", 0.0, "standard deviation of von from device to device"),
    Parameter::new("spread_vhold", "V", 0.0, "standard deviation of vhold from device to device"),
    Parameter::new(
        "distribution",
        "1",
        0.0,
        "0 normal, 1 lognormal, 2 normal truncated at 3 sigma",
    )
    .words(&[("normal", 0.0), ("lognormal", 1.0), ("truncated", 2.0)]),
    Parameter::new("drift_von", "V", 0.0, "growth of von with every cycle"),
    Parameter::new("sigma_ron", "1", 0.0, "relative deviation of ron from cycle to cycle"),
    Parameter::new("sigma_roff", "1", 0.0, "relative deviation of roff from cycle to cycle"),
    Parameter::new("sigma_gres", "1", 0.0, "relative deviation of gres from cycle to cycle"),
    Parameter::new("spread_ron", "1", 0.0, "relative deviation of ron from device to device"),
    Parameter::new("spread_roff", "1", 0.0, "relative deviation of roff from device to device"),
    Parameter::new("spread_gres", "1", 0.0, "relative deviation of gres from device to device"),
];

pub(crate) static KIND: ModelKind = ModelKind {
    name: "ts_memristor",
    doc: "A volatile memristor: a filament that grows above a voltage, ruptures below another and then dissolves.",
    terminals: Terminals::Two,
    parameters: PARAMETERS,
    build: |values| Diffusive::from_values(values).map(|m| Arc::new(m) as BuiltModel),
};

impl Diffusive {
    fn from_values(values: &[f64]) -> Result<Self, ParameterError> {
        let &[
            von,
            vs,
            t0,
            ton_min,
            vhold,
            gres,
            trelax,
            roff,
            ron,
            vform,
            dissolution,
            unipolar,
            ref random @ ..,
        ] = values
        else {
            unreachable!("the registry passes one value for each parameter")
        };
        let Ok(random) = random.try_into() else {
            unreachable!("the registry passes one value for each parameter")
        };
        let variation = Variation::from_values(random)?;
        positive("von", von)?;
        positive("vs", vs)?;
        positive("t0", t0)?;
        positive("ton_min", ton_min)?;
        positive("trelax", trelax)?;
        positive("roff", roff)?;
        positive("ron", ron)?;
        if !(vhold >= 0.0 && vhold < von) {
            let reason = format!("must be at least 0 and below von = {von}");
            return Err(ParameterError::new("vhold", vhold, reason));
        }
        if !(0.0..1.0).contains(&gres) {
            return Err(ParameterError::new("gres", gres, "must be at least 0 and below 1"));
        }
        let dissolution = Dissolution::new(dissolution, trelax, gres)?;
        if ron >= roff {
            let reason = format!("must be below roff = {roff}");
            return Err(ParameterError::new("ron", ron, reason));
        }
        if vform != 0.0 && !(vform > vhold && vform.is_finite()) {
            let reason = format!("must be 0, or above vhold = {vhold}");
            return Err(ParameterError::new("vform", vform, reason));
        }
        if unipolar != 0.0 && unipolar != 1.0 {
            return Err(ParameterError::new("unipolar", unipolar, "must be 0 or 1"));
        }
        let growth = Growth { von, vs, t0 };
        let vcap = von + vs * (t0 / ton_min).ln().max(0.0);
        let unipolar = unipolar == 1.0;
        Ok(Self {
            von,
            ton_min,
            vhold,
            gres,
            roff,
            ron,
            vform,
            unipolar,
            dissolution,
            growth,
            vcap,
            variation,
        })
    }
}
