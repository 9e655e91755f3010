//! Draws a recording: the waveform, speech, clipping, and the part that the model uses.

use std::ops::Range;
use std::path::Path;

use loqui_core::sample::Analysis;
use loqui_core::{Error, Result};
use plotters::prelude::*;
use plotters::style::register_font;

use crate::code;

const SIZE: (u32, u32) = (1600, 520);
/// The height of the legend below the chart, in pixels.
const LEGEND: u32 = 36;
/// The font is embedded, because servers often have no fonts.
const FONT: &str = "DejaVu Sans";

const SOUND: RGBColor = RGBColor(60, 60, 60);
const SPEECH: RGBColor = RGBColor(56, 142, 60);
const SILENCE: RGBColor = RGBColor(160, 160, 160);
const CLIPPED: RGBColor = RGBColor(211, 47, 47);
const HEARD: RGBColor = RGBColor(25, 118, 210);
/// The opacity of the part that the model uses; the waveform is drawn over it.
const WINDOW: f64 = 0.15;

type DrawError = Box<dyn std::error::Error + Send + Sync>;

/// Draws the recording and writes a PNG file.
pub(super) async fn save(analysis: &Analysis, title: &str, path: &Path) -> Result<()> {
    let unwritable = |cause: DrawError| {
        Error::new(&code::OUTPUT_UNWRITABLE, format!("could not draw {}", path.display())).with_source(cause)
    };
    let png = draw(analysis, title)
        .and_then(|pixels| encode(&pixels))
        .map_err(unwritable)?;
    tokio::fs::write(path, png)
        .await
        .map_err(|cause| unwritable(cause.into()))
}

fn encode(pixels: &[u8]) -> std::result::Result<Vec<u8>, DrawError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(file)
}

fn draw(analysis: &Analysis, title: &str) -> std::result::Result<Vec<u8>, DrawError> {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular()).map_err(|_| "the embedded font is invalid")?;
    let mut pixels = vec![0; SIZE.0 as usize * SIZE.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (above, below) = area.split_vertically(SIZE.1 - LEGEND);
        chart(&above, analysis, title).map_err(|error| error.to_string())?;
        legend(&below, !analysis.clipped.is_empty()).map_err(|error| error.to_string())?;
        area.present()?;
    }
    Ok(pixels)
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;
type Failed<'a> = DrawingAreaErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>;

fn chart<'a>(area: &Area<'a>, analysis: &Analysis, title: &str) -> std::result::Result<(), Failed<'a>> {
    let seconds = analysis.clip.seconds().max(0.1);
    let verdict = if analysis.report.usable {
        "can be used"
    } else {
        "cannot be used"
    };
    let codes: Vec<&str> = analysis
        .report
        .findings
        .iter()
        .map(|finding| finding.code.as_str().trim_start_matches("sample."))
        .collect();
    let found = if codes.is_empty() {
        String::new()
    } else {
        format!(" - {}", codes.join(", "))
    };
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{title}: {verdict}{found}"), (FONT, 22))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..seconds, -1.15_f64..1.15)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_desc("seconds")
        .y_desc("amplitude")
        .label_style((FONT, 14))
        .x_label_formatter(&|x| format!("{x:.0}"))
        // Adding zero turns -0.0 into 0.0.
        .y_label_formatter(&|y| format!("{:.1}", (y * 10.0).round() / 10.0 + 0.0))
        .light_line_style(WHITE.mix(0.0))
        .draw()?;
    let band = |span: &Range<f64>, from: f64, to: f64, style: ShapeStyle| {
        Rectangle::new([(span.start, from), (span.end.min(seconds), to)], style)
    };
    let heard = &analysis.reference;
    chart.draw_series(std::iter::once(band(heard, -1.15, 1.15, HEARD.mix(WINDOW).filled())))?;
    chart.draw_series(
        silences(&analysis.speech, seconds)
            .iter()
            .map(|span| band(span, 1.05, 1.12, SILENCE.filled())),
    )?;
    chart.draw_series(
        analysis
            .speech
            .iter()
            .map(|span| band(span, 1.05, 1.12, SPEECH.filled())),
    )?;
    let peak = analysis
        .clip
        .samples()
        .iter()
        .fold(1.0_f32, |peak, x| peak.max(x.abs()));
    chart.draw_series(
        columns(analysis.clip.samples(), SIZE.0 as usize)
            .into_iter()
            .enumerate()
            .map(|(column, (low, high))| {
                let x = (column as f64 + 0.5) / f64::from(SIZE.0) * seconds;
                let y = |value: f32| f64::from(value / peak);
                PathElement::new(vec![(x, y(low)), (x, y(high))], SOUND.stroke_width(1))
            }),
    )?;
    if !analysis.clipped.is_empty() {
        // A mark of 10 ms would be narrower than a pixel.
        let least = seconds / 800.0;
        let wide = analysis
            .clipped
            .iter()
            .map(|span| span.start..span.end.max(span.start + least));
        chart.draw_series(wide.map(|span| band(&span, -1.15, -1.05, CLIPPED.filled())))?;
    }
    Ok(())
}

/// Draws the legend below the chart, where it does not cover the waveform.
fn legend<'a>(area: &Area<'a>, is_clipped: bool) -> std::result::Result<(), Failed<'a>> {
    let entries = [
        ("used by the model", HEARD.mix(WINDOW).filled()),
        ("speech", SPEECH.filled()),
        ("silence, noise or music", SILENCE.filled()),
        ("clipped", CLIPPED.filled()),
    ];
    let shown = if is_clipped { 4 } else { 3 };
    for ((name, style), x) in entries.into_iter().take(shown).zip((72..).step_by(240)) {
        area.draw(&Rectangle::new([(x, 4), (x + 26, 18)], style))?;
        area.draw(&Text::new(name, (x + 36, 3), (FONT, 15)))?;
    }
    Ok(())
}

/// The gaps between the ranges of speech.
fn silences(speech: &[Range<f64>], seconds: f64) -> Vec<Range<f64>> {
    let starts = std::iter::once(0.0).chain(speech.iter().map(|span| span.end));
    let ends = speech.iter().map(|span| span.start).chain(std::iter::once(seconds));
    starts
        .zip(ends)
        .map(|(start, end)| start..end)
        .filter(|gap| gap.end > gap.start)
        .collect()
}

/// The lowest and the highest sample of each column.
fn columns(samples: &[f32], count: usize) -> Vec<(f32, f32)> {
    if samples.is_empty() {
        return Vec::new();
    }
    (0..count)
        .map(|column| {
            let from = column * samples.len() / count;
            let to = ((column + 1) * samples.len() / count).max(from + 1);
            samples[from..to]
                .iter()
                .fold((f32::MAX, f32::MIN), |(low, high), x| (low.min(*x), high.max(*x)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use loqui_core::sample;

    use super::*;

    #[test]
    fn silences_are_the_gaps_between_speech() {
        assert_eq!(silences(&[1.0..2.0, 3.0..4.0], 4.0), [0.0..1.0, 2.0..3.0]);
        assert_eq!(silences(&[], 2.0), [0.0..2.0]);
    }

    #[test]
    fn fewer_samples_than_columns_fill_all_columns() {
        assert_eq!(
            columns(&[0.5, -0.5], 4),
            [(0.5, 0.5), (0.5, 0.5), (-0.5, -0.5), (-0.5, -0.5)]
        );
        assert!(columns(&[], 4).is_empty());
    }

    #[test]
    fn draws_waveform_and_speech_and_accepts_unreadable_input() {
        let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/voices/slt.mp3")).unwrap();
        let pixels = draw(&sample::analyze(&file), "slt.mp3").unwrap();
        let count = |colour: RGBColor| {
            pixels
                .as_chunks::<3>()
                .0
                .iter()
                .filter(|p| **p == [colour.0, colour.1, colour.2])
                .count()
        };
        assert!(
            count(SPEECH) > 1_000 && count(SOUND) > 10_000,
            "{} {}",
            count(SPEECH),
            count(SOUND)
        );
        assert!(encode(&pixels).unwrap().starts_with(b"\x89PNG"));
        draw(&sample::analyze(b"text"), "text").unwrap();
    }
}
