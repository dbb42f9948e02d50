//! Neurons in steps of time, as tools update them.

use std::collections::VecDeque;

use crate::flat::FlatNode;
use crate::grid::{Grid, Tool};
use crate::node::Kind;

/// What a node keeps from step to step.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Of each neuron.
    pub potential: Vec<f64>,
    /// Of each neuron whose input is a current that decays.
    pub current: Vec<f64>,
    /// What it gives: of this step, or of the last one where it has not been reached yet.
    pub given: Vec<f64>,
    /// What Delay nodes still owe.
    pub owed: VecDeque<Vec<f64>>,
}

/// A neuron in steps.
#[derive(Debug, Clone, Copy)]
pub struct Stepper {
    rule: Rule,
    /// What a step takes of the distance to the leak.
    leak: f64,
    /// What a step takes of a current.
    decay: f64,
    /// What an input of 1, or a current of 1, adds to the potential.
    gain: f64,
    /// What an input of 1 adds to the current.
    jump: f64,
    v_leak: f64,
    threshold: f64,
    reset: f64,
    /// Potential at the beginning.
    pub initial: f64,
}

/// In which order things happen.
#[derive(Debug, Clone, Copy)]
struct Rule {
    tool: Tool,
    subtract: bool,
    has_current: bool,
    fires: bool,
}

impl Stepper {
    /// Neuron `at` of a node.
    pub fn of(node: &FlatNode, at: usize, grid: &Grid) -> Self {
        let kind = node.primitive.kind;
        let value = |name: &str, absent: f64| {
            node.primitive.array(name).map_or(absent, |array| array.spread(at))
        };
        let has_current = matches!(kind, Kind::CubaLI | Kind::CubaLIF);
        let subtract = grid.subtracts();
        let rule = Rule { tool: grid.tool, subtract, has_current, fires: kind.is_spiking() };
        let dt = grid.step_s;
        let tau = if has_current { "tau_mem" } else { "tau" };
        let leaks = node.primitive.array(tau).is_some();
        let leak = if leaks { dt / value(tau, 1.0) } else { 0.0 };
        let (r, w_in) = (value("r", 1.0), value("w_in", 1.0));
        let gain = match (leaks, grid.tool) {
            (true, _) => leak * r,
            // Its step has no length there.
            (false, Tool::Norse) => r,
            (false, _) => dt * r,
        };
        let decay = dt / value("tau_syn", dt);
        let jump = if grid.tool == Tool::Norse { w_in } else { decay * w_in };
        let (v_leak, reset) = (value("v_leak", 0.0), value("v_reset", 0.0));
        let initial = match grid.tool {
            Tool::SnnTorch => 0.0,
            Tool::SpikingJelly if subtract => 0.0,
            Tool::SpikingJelly => reset,
            Tool::Norse => v_leak,
        };
        let threshold = value("v_threshold", f64::INFINITY);
        Self { rule, leak, decay, gain, jump, v_leak, threshold, reset, initial }
    }

    /// A step of neuron `at`. The answer is how far its potential was from the threshold, as a part of that; nothing of
    /// one that does not fire.
    pub fn advance(&self, state: &mut State, at: usize, input: f64) -> Option<f64> {
        let drive = self.drive(&mut state.current[at], input);
        let had_spike = state.given[at] > 0.0;
        let potential = &mut state.potential[at];
        let is_late = self.rule.tool == Tool::SnnTorch && self.rule.fires;
        if is_late && had_spike && !self.rule.subtract && !self.rule.has_current {
            *potential = self.reset;
        }
        *potential += self.leak * (self.v_leak - *potential) + drive;
        if is_late && had_spike && self.rule.subtract {
            *potential -= self.threshold;
        } else if is_late && had_spike && self.rule.has_current {
            *potential = self.reset;
        }
        if !self.rule.fires {
            state.given[at] = *potential;
            return None;
        }
        let fires = match self.rule.tool {
            Tool::SpikingJelly => *potential >= self.threshold,
            Tool::SnnTorch | Tool::Norse => *potential > self.threshold,
        };
        let distance = (*potential - self.threshold).abs() / self.threshold.abs().max(1e-300);
        if fires && !is_late {
            *potential = if self.rule.subtract { *potential - self.threshold } else { self.reset };
        }
        state.given[at] = f64::from(fires);
        Some(distance)
    }

    /// What its input adds to its potential in this step.
    fn drive(&self, current: &mut f64, input: f64) -> f64 {
        if !self.rule.has_current {
            return self.gain * input;
        }
        if self.rule.tool == Tool::Norse {
            *current += self.jump * input;
            let drive = self.gain * *current;
            *current -= self.decay * *current;
            return drive;
        }
        *current += self.jump * input - self.decay * *current;
        self.gain * *current
    }
}
