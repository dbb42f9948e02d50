//! Matrices as lists of rows.

/// Inverse by Gauss and Jordan with scaled rows and partial pivots; none if singular.
pub fn inverse(mut a: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = a.len();
    for (i, row) in a.iter_mut().enumerate() {
        let scale = row.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        if scale == 0.0 {
            return None;
        }
        row.extend((0..n).map(|j| if i == j { 1.0 } else { 0.0 }));
        row.iter_mut().for_each(|x| *x /= scale);
    }
    for k in 0..n {
        let p = (k..n).max_by(|&i, &j| a[i][k].abs().total_cmp(&a[j][k].abs()))?;
        if a[p][k].abs() < 1e-13 {
            return None;
        }
        a.swap(p, k);
        let pivot = a[k].clone();
        for (i, row) in a.iter_mut().enumerate() {
            if i != k {
                let factor = row[k] / pivot[k];
                if factor != 0.0 {
                    for (x, y) in row[k..].iter_mut().zip(&pivot[k..]) {
                        *x -= factor * y;
                    }
                }
            }
        }
        let d = pivot[k];
        a[k].iter_mut().for_each(|x| *x /= d);
    }
    Some(a.into_iter().map(|row| row[n..].to_vec()).collect())
}

pub fn apply(m: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    m.iter().map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum()).collect()
}
