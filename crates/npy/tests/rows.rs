//! Rows of numbers with the places that messages name.

use std::fs;
use std::path::Path;

use memspike_npy::{Place, Rows};

fn lines(text: &str) -> Result<Rows, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, text).unwrap();
    Rows::read(path).map_err(|error| error.to_string())
}

#[test]
fn places_count_comments_and_empty_lines() {
    for end in ["\n", "\r\n"] {
        let text = "# heading\n\n1,2\n# between\n# again\n3,4\n\n\n5,6".replace('\n', end);
        let rows = lines(&text).unwrap();
        assert_eq!(rows.table.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let places: Vec<Place> = (0..3).map(|row| rows.place(row)).collect();
        assert_eq!(places, [3, 6, 9].map(Place::Line));
        let wrong = lines(&text.replace("3,4", "3")).unwrap_err();
        assert!(wrong.starts_with("line 6 "), "{wrong}");
        let wrong = lines(&text.replace("5,6", "5,six")).unwrap_err();
        assert!(wrong.starts_with("line 9, value 2"), "{wrong}");
    }
}

#[test]
fn an_array_of_one_axis_is_a_column() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let rows = Rows::read(data.join("vector.npy")).unwrap();
    assert_eq!((rows.table.rows, rows.table.columns), (3, 1));
    assert_eq!(rows.table.values, [-0.5, 0.0, 0.5]);
    assert_eq!(rows.place(2), Place::Row(2));
    assert!(Rows::read(data.join("complex.npy")).is_err());
}
