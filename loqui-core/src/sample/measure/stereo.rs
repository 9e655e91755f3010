//! The correlation of the first two channels.

use crate::audio::Decoded;

/// Returns the correlation of the first two channels, from -1 to 1. Returns nothing for mono or if one is silent.
pub(super) fn correlation(decoded: &Decoded) -> Option<f64> {
    let [left, right, both] = match decoded.channels {
        0 | 1 => return None,
        2 => of_pairs(&decoded.samples),
        more => of_frames(&decoded.samples, more.into()),
    };
    let scale = (left * right).sqrt();
    (scale > 0.0).then(|| both / scale)
}

/// Returns the energy of left, the energy of right, and their inner product.
fn of_frames(samples: &[f32], channels: usize) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for frame in samples.chunks_exact(channels) {
        let (l, r) = (f64::from(frame[0]), f64::from(frame[1]));
        sums = [sums[0] + l * l, sums[1] + r * r, sums[2] + l * r];
    }
    sums
}

/// Does the same for two channels, in lanes as [`fold`](crate::audio::fold) does. Short sums in single precision are
/// exact enough.
fn of_pairs(samples: &[f32]) -> [f64; 3] {
    const LANES: usize = 8;
    let mut sums = [0.0; 3];
    for block in samples.chunks(1024) {
        let mut lanes = [[0.0_f32; LANES]; 3];
        let (groups, rest) = block.as_chunks::<2>().0.as_chunks::<LANES>();
        let mut add = |lane: usize, [l, r]: [f32; 2]| {
            lanes[0][lane] += l * l;
            lanes[1][lane] += r * r;
            lanes[2][lane] += l * r;
        };
        for group in groups {
            group.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        }
        rest.iter().enumerate().for_each(|(lane, frame)| add(lane, *frame));
        for (sum, lanes) in sums.iter_mut().zip(lanes) {
            *sum += f64::from(lanes.into_iter().sum::<f32>());
        }
    }
    sums
}
