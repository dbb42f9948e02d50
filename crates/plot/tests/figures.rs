//! Figures as other readers see them.

use std::collections::BTreeSet;

use memspike_plot::{Axis, Corner, Figure, Ink, Marks, Panel, Series};
use roxmltree::Document;
use zune_png::{PngDecoder, zune_core::bytestream::ZCursor, zune_core::result::DecodingResult};

/// Every form of marks, on every form of axis.
fn specimen() -> Figure {
    let current = vec![(0.0, 1e-10), (0.1, 1e-9), (0.2, f64::NAN), (0.3, 1e-5), (0.31, 0.0)];
    let curves = Panel::new(
        "I < V & \"more\"",
        Axis::linear("voltage (V)", 0.0, 0.3),
        Axis::logarithmic("current (A)", 1e-10, 1e-4),
        vec![
            Series::new("sweep", Ink::Series(0), Marks::Line(current.clone())),
            Series::new("many", Ink::Series(1), Marks::Hairline(current.clone())),
            Series::new("limit", Ink::Text, Marks::Dashes(vec![(0.0, 1e-5), (0.3, 1e-5)])),
            Series::new("read", Ink::Series(2), Marks::Dots(current.clone())),
            Series::new("measured", Ink::Measured, Marks::Rings(current)),
        ],
    );
    let bars = Marks::Bars { width: 0.005, points: vec![(0.1, 3.0), (0.17, 8.0)] };
    let counts = Panel::new(
        "counts",
        Axis::linear("voltage (V)", 0.0, 0.3),
        Axis::linear("count", 0.0, 10.0),
        vec![
            Series::new("bars", Ink::Series(3), bars),
            Series::new("spread", Ink::Series(4), Marks::Intervals(vec![(0.2, 5.0, 1.0)])),
        ],
    );
    let names = || ["a", "b"].map(str::to_owned).to_vec();
    let cells = Marks::Cells(vec![(0.0, 0.0, 1.0), (1.0, 1.0, 0.25)]);
    let matrix = Panel::new(
        "cells",
        Axis::named("label", names()),
        Axis::named("neuron", names()),
        vec![Series::new("cells", Ink::Series(5), cells)],
    );
    Figure::grid("Specimen", 2, vec![curves.with_legend(Corner::UpperLeft), counts, matrix])
}

#[test]
fn an_svg_is_well_formed_and_refers_to_nothing_outside() {
    let svg = specimen().svg().expect("it draws");
    let document = Document::parse(&svg).expect("another reader takes it");
    let root = document.root_element();
    assert_eq!((root.attribute("width"), root.attribute("height")), (Some("840"), Some("560")));
    let texts: Vec<&str> =
        root.descendants().filter(|n| n.has_tag_name("text")).filter_map(|n| n.text()).collect();
    let words: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
    for word in ["I < V & \"more\"", "voltage (V)", "10⁻¹⁰", "0.10", "measured", "neuron", "b"]
    {
        assert!(words.contains(&word), "{word} in {words:?}");
    }
    for node in root.descendants() {
        for attribute in node.attributes() {
            let outside = ["href", "src"].contains(&attribute.name());
            assert!(!outside && !attribute.value().contains("url("), "{attribute:?}");
            assert!(!attribute.value().contains("NaN"), "{attribute:?}");
        }
    }
}

#[test]
fn every_colour_of_an_svg_has_a_dark_counterpart() {
    let svg = specimen().svg().expect("it draws");
    let document = Document::parse(&svg).expect("another reader takes it");
    let style = document.descendants().find(|n| n.has_tag_name("style")).expect("a style");
    let style = style.text().expect("rules");
    let mut colours = BTreeSet::new();
    for node in document.descendants() {
        for property in ["fill", "stroke"] {
            if let Some(colour) = node.attribute(property).filter(|value| value.starts_with('#')) {
                colours.insert((property, colour.to_owned()));
            }
        }
    }
    assert!(colours.len() >= 9, "{colours:?}");
    for (property, colour) in colours {
        assert!(style.contains(&format!("[{property}=\"{colour}\"]")), "{property} {colour}");
    }
}

#[test]
fn no_line_of_a_grid_crosses_cells() {
    let with = |marks: Marks| {
        let names = || ["a", "b"].map(str::to_owned).to_vec();
        let (x, y) = (Axis::named("label", names()), Axis::named("neuron", names()));
        let panel = Panel::new("", x, y, vec![Series::new("s", Ink::Series(5), marks)]);
        let svg = Figure::single("One", panel).svg().expect("it draws");
        let document = Document::parse(&svg).expect("another reader takes it");
        let strokes = document.descendants().filter_map(|node| node.attribute("stroke"));
        strokes.filter(|stroke| *stroke == "#E2E2E2").count()
    };
    assert!(with(Marks::Dots(vec![(0.0, 1.0)])) >= 4, "other marks have a grid");
    assert_eq!(with(Marks::Cells(vec![(0.0, 1.0, 1.0)])), 0);
}

#[test]
fn a_png_is_twice_the_size_and_has_its_text_without_any_font_of_the_system() {
    let png = specimen().png().expect("it renders");
    let mut decoder = PngDecoder::new(ZCursor::new(&png));
    let DecodingResult::U8(pixels) = decoder.decode().expect("another reader takes it") else {
        panic!("more than 8 bits a channel");
    };
    let (width, height) = decoder.dimensions().expect("a size");
    assert_eq!((width, height), (1680, 1120));
    let channels = pixels.len() / (width * height);
    let dark = |x: usize, y: usize| pixels[channels * (y * width + x)] < 0x60;
    // The caption of the first panel: the only dark pixels above its axes.
    let caption = (200..640).flat_map(|x| (20..50).map(move |y| (x, y)));
    assert!(caption.filter(|&(x, y)| dark(x, y)).count() > 300, "the caption is missing");
}

#[test]
fn the_table_holds_every_number_as_it_was_given() {
    let csv = specimen().csv();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.headers().expect("a head"),
        &["panel", "series", "x", "y", "half interval"][..]
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 5 + 5 + 2 + 5 + 5 + 2 + 1 + 2);
    assert_eq!(&rows[1], &["I < V & \"more\"", "sweep", "0.1", "1e-9", ""][..]);
    assert_eq!(&rows[24], &["counts", "spread", "0.2", "5.0", "1.0"][..]);
}

#[test]
fn a_table_of_one_panel_is_headed_by_its_axes() {
    let x = Axis::linear("voltage (V)", 0.0, 1.0);
    let y = Axis::linear("count", 0.0, 1.0);
    let dots = Series::new("s", Ink::Series(0), Marks::Dots(vec![(0.1, 0.2)]));
    let csv = Figure::single("One", Panel::new("", x, y, vec![dots])).csv();
    assert_eq!(csv, "panel,series,voltage (V),count\n,s,0.1,0.2\n");
}

#[test]
fn a_figure_is_drawn_the_same_twice() {
    assert_eq!(specimen().svg().expect("it draws"), specimen().svg().expect("it draws"));
    assert_eq!(specimen().png().expect("it renders"), specimen().png().expect("it renders"));
}

#[test]
fn names_of_a_narrow_figure_stand_above_its_axes_and_cover_no_curve() {
    let names = ["v(in)", "v(mem)", "v(x1.out)", "i(r1)"];
    let line = |number: u8| Marks::Line(vec![(0.0, f64::from(number)), (1.0, 3.0)]);
    let series =
        (0..).zip(names).map(|(n, name)| Series::new(name, Ink::Series(usize::from(n)), line(n)));
    let (x, y) = (Axis::linear("time (s)", 0.0, 1.0), Axis::linear("voltage (V)", 0.0, 3.0));
    let panel = Panel::new("a title", x, y, series.collect()).with_legend(Corner::UpperRight);
    let narrow = Figure::single("One", panel).narrow();
    let svg = narrow.svg().expect("it draws");
    let document = Document::parse(&svg).expect("another reader takes it");
    let number = |node: &roxmltree::Node<'_, '_>, name| {
        node.attribute(name).and_then(|text| text.parse::<f64>().ok())
    };
    // Lines of the grid and the curves are drawn through points "x,y x,y ...".
    let drawn = document.descendants().filter(|node| node.has_tag_name("polyline"));
    let points = drawn.filter_map(|node| node.attribute("points"));
    let heights = points
        .flat_map(str::split_whitespace)
        .filter_map(|point| point.split_once(',').and_then(|(_, y)| y.parse::<f64>().ok()));
    let top = heights.fold(f64::INFINITY, f64::min);
    assert!(top.is_finite() && top > 0.0);
    for name in names {
        let find = |node: &roxmltree::Node<'_, '_>| {
            node.has_tag_name("text") && node.text().is_some_and(|text| text.trim() == name)
        };
        let node = document.descendants().find(find).unwrap_or_else(|| panic!("{name} is named"));
        let foot = number(&node, "y").expect("a place");
        assert!(foot < top, "{name} at {foot}, axes from {top} on");
    }
}

#[test]
fn names_along_a_vertical_axis_have_room_and_axes_begin_at_one_place() {
    let points = || vec![Series::new("spikes", Ink::Series(0), Marks::Dots(vec![(0.5, 0.0)]))];
    let time = || Axis::linear("time (s)", 0.0, 1.0);
    let rows = Axis::named("", vec!["excitatory".to_owned(), "inhibitory".to_owned()]);
    let rate = Axis::linear("rate (Hz)", 0.0, 1.0);
    let panels =
        vec![Panel::new("", time(), rows, points()), Panel::new("", time(), rate, points())];
    let svg = Figure::grid("Names", 1, panels).svg().expect("it draws");
    let document = Document::parse(&svg).expect("another reader takes it");
    let number = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.attribute(name).and_then(|value| value.parse::<f64>().ok()).expect("a number")
    };
    let texts = || document.descendants().filter(|n| n.has_tag_name("text"));
    let named = |words: &str| {
        texts().filter(|n| n.text().is_some_and(|text| text.trim() == words)).collect::<Vec<_>>()
    };
    for name in ["excitatory", "inhibitory"] {
        let [node] = named(name)[..] else { panic!("{name} stands once") };
        assert_eq!(node.attribute("text-anchor"), Some("end"));
        // Letters are 0.6 of their size wide at most, on average.
        let reach = 0.6 * number(node, "font-size") * name.len() as f64;
        assert!(number(node, "x") > reach, "{name} ends at {}", number(node, "x"));
    }
    let zeros: Vec<f64> = named("0.0")
        .into_iter()
        .filter(|n| n.attribute("text-anchor") == Some("middle"))
        .map(|node| number(node, "x"))
        .collect();
    assert_eq!(zeros.len(), 2, "each panel has an axis of time");
    assert_eq!(zeros[0], zeros[1], "time begins at one place");
}
