//! Which eigenvalues lie so close that they are one block.

use num_complex::Complex64;

/// Eigenvalues closer than this, relative to their decay, form a cluster: the exponential of a
/// cluster is a short Taylor series over the whole life of its modes.
const CLUSTER_BY_DECAY: f64 = 0.05;

/// Farthest that an eigenvalue of a cluster may lie from the mean, relative to its decay: the terms of
/// the series fall with its powers.
const CLUSTER_RADIUS: f64 = 0.6;

/// Closer than this, relative to their magnitude, they form a cluster whatever their decay.
const CLUSTER_BY_SIZE: f64 = 1e-6;

/// Closer than this, relative to the largest eigenvalue, nothing tells them apart.
const ROUNDING: f64 = 1e-28;

/// Number of the cluster of each eigenvalue, by single linkage; a chain that links eigenvalues too far
/// apart for one series is linked anew with closer neighbours.
pub(crate) fn clusters(eigenvalues: &[Complex64]) -> Vec<usize> {
    let mut cluster = vec![0; eigenvalues.len()];
    let mut closeness = CLUSTER_BY_DECAY;
    let mut open: Vec<Vec<usize>> = vec![(0..eigenvalues.len()).collect()];
    while !open.is_empty() {
        let mut long = Vec::new();
        for members in open.iter().flat_map(|members| link(eigenvalues, members, closeness)) {
            if closeness > CLUSTER_BY_SIZE && is_long(eigenvalues, &members) {
                long.push(members);
            } else {
                members.iter().for_each(|&member| cluster[member] = members[0]);
            }
        }
        open = long;
        closeness *= 0.25;
    }
    cluster
}

/// Whether some eigenvalue lies so far from the mean that the series of the cluster would not end.
fn is_long(eigenvalues: &[Complex64], members: &[usize]) -> bool {
    let mean = members.iter().map(|&i| eigenvalues[i]).sum::<Complex64>() / members.len() as f64;
    members.iter().any(|&i| (eigenvalues[i] - mean).norm() > CLUSTER_RADIUS * mean.re.abs())
}

/// Parts of `members` that chains of close neighbours hold together.
fn link(eigenvalues: &[Complex64], members: &[usize], closeness: f64) -> Vec<Vec<usize>> {
    let largest = eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max);
    let mut cluster: Vec<usize> = (0..members.len()).collect();
    for i in 0..members.len() {
        for j in 0..i {
            let (x, y) = (eigenvalues[members[i]], eigenvalues[members[j]]);
            let decay = x.re.abs().min(y.re.abs());
            let size = x.norm().max(y.norm());
            let tolerance = (closeness * decay).max(CLUSTER_BY_SIZE * size).max(ROUNDING * largest);
            if (x - y).norm() <= tolerance {
                let (from, to) = (cluster[i].max(cluster[j]), cluster[i].min(cluster[j]));
                cluster.iter_mut().filter(|c| **c == from).for_each(|c| *c = to);
            }
        }
    }
    let mut parts: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
    for (&member, &part) in members.iter().zip(&cluster) {
        parts.entry(part).or_default().push(member);
    }
    parts.into_values().collect()
}
