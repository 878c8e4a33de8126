//! What the feature `arbitrary` promises to fuzzers.

use arbitrary::{Arbitrary, Unstructured};
use proptest::{collection::vec, prelude::*};
use usage_model::{PageMeta, UsageRecord, Window};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn records_out_of_bytes_are_written_and_read_back(bytes in vec(any::<u8>(), 0..4_000)) {
        let mut bytes = Unstructured::new(&bytes);
        let record = UsageRecord::arbitrary(&mut bytes).unwrap();
        let text = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(serde_json::from_str::<UsageRecord>(&text).unwrap(), record);
    }

    #[test]
    fn envelopes_and_windows_come_out_of_any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        let mut bytes = Unstructured::new(&bytes);
        let meta = PageMeta::arbitrary(&mut bytes).unwrap();
        let text = serde_json::to_string(&meta).unwrap();
        prop_assert_eq!(serde_json::from_str::<PageMeta>(&text).unwrap(), meta);
        let window = Window::arbitrary(&mut bytes).unwrap();
        prop_assert!(window.start() < window.end());
    }
}
