//! What a file of Parquet may have us hold. Its headers say how much each page opens into and how many
//! values are in it, and the decoder makes room for that before it looks. Here it is held against what the
//! file has, and against a limit.

use std::io::{Chain, Cursor, Read as _};

use ::parquet::{
    basic::Encoding,
    column::page::{Page, PageMetadata, PageReader},
    errors::{ParquetError, Result},
    file::reader::{ChunkReader, Length},
};
use bytes::Bytes;

/// Bytes that a page may open into. Writers make pages of 1 MiB, and of 100 MiB at most.
const MOST: u64 = 128 << 20;
/// How many times its size a page may open into: 128 KiB of one byte are four bytes of Zstandard, and no other
/// compression does as much.
const RATIO: u64 = 1 << 15;
/// Bytes in which a page's header says its sizes.
const HEAD: u64 = 18;
/// The footer's length and mark, with which a file ends.
const END: u64 = 8;

fn wrong(words: &str) -> ParquetError {
    ParquetError::General(words.to_owned())
}

/// A file that is asked for no more than it has, nor for a page that opens into more than may be.
pub(crate) struct Bounded<C>(pub(crate) C);

impl<C: ChunkReader> Length for Bounded<C> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<C: ChunkReader> ChunkReader for Bounded<C> {
    type T = Chain<Cursor<Vec<u8>>, C::T>;

    /// Only headers of pages, and the end of the file, are read in this way.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut read = self.0.get_read(start)?;
        let mut head = Vec::new();
        if start.saturating_add(END) != self.len() {
            (&mut read).take(HEAD).read_to_end(&mut head)?;
            let [opened, stored] = sizes(&head).ok_or_else(|| wrong("a page has no header"))?;
            if opened > MOST || opened > stored.saturating_mul(RATIO) {
                return Err(wrong(
                    "a page says that it opens into more than it can hold, or than 128 MiB",
                ));
            }
        }
        Ok(Cursor::new(head).chain(read))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(wrong("it says that it is longer than it is"));
        }
        self.0.get_bytes(start, length)
    }
}

/// What a page opens into and what it has in the file. Its header begins with three whole numbers in their
/// order: its kind, and these.
fn sizes(head: &[u8]) -> Option<[u64; 2]> {
    let mut bytes = head.iter().copied();
    let mut number = || {
        // Each is the next field, and a number of 32 bits with its sign in the lowest.
        (bytes.next()? == 0x15).then_some(())?;
        let number = vlq(&mut bytes)?;
        (number & 1 == 0).then_some(number >> 1)
    };
    number()?;
    Some([number()?, number()?])
}

/// A number in bytes of seven bits, the lowest first.
fn vlq(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let byte = bytes.next()?;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Pages that have no more values than they can hold. Cells may be missing, and lists are none.
pub(crate) struct Pages {
    pub(crate) pages: Box<dyn PageReader>,
    pub(crate) optional: bool,
}

impl Pages {
    fn fits(&self, page: &Page) -> Option<()> {
        let (buffer, encoding, start) = match page {
            Page::DictionaryPage { buf, num_values, .. } => {
                return (*num_values as usize <= buf.len()).then_some(());
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                #[expect(deprecated, reason = "old files have it")]
                let packed = *def_level_encoding == Encoding::BIT_PACKED;
                let levels = match (self.optional, packed) {
                    (false, _) => 0,
                    (true, true) => (*num_values as usize).div_ceil(8),
                    (true, false) => {
                        let length = u32::from_le_bytes(buf.get(..4)?.try_into().ok()?);
                        length as usize + 4
                    }
                };
                (buf, *encoding, levels)
            }
            Page::DataPageV2 {
                buf, encoding, def_levels_byte_len, rep_levels_byte_len, ..
            } => (buf, *encoding, *def_levels_byte_len as usize + *rep_levels_byte_len as usize),
        };
        if !matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            return Some(());
        }
        // Their lengths come first, all of them: sizes of blocks, and how many there are.
        let mut bytes = buffer.get(start..)?.iter().copied();
        vlq(&mut bytes)?;
        vlq(&mut bytes)?;
        let lengths = vlq(&mut bytes)?;
        (lengths <= u64::from(page.num_values()) && lengths * 4 <= MOST).then_some(())
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if page.as_ref().is_some_and(|page| self.fits(page).is_none()) {
            return Err(wrong("a page says that it has more values than it can hold"));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Option<Page>);

    impl Iterator for One {
        type Item = Result<Page>;

        fn next(&mut self) -> Option<Self::Item> {
            self.0.take().map(Ok)
        }
    }

    impl PageReader for One {
        fn get_next_page(&mut self) -> Result<Option<Page>> {
            Ok(self.0.take())
        }

        fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
            Ok(None)
        }

        fn skip_next_page(&mut self) -> Result<()> {
            Ok(())
        }
    }

    fn fits(page: Page, optional: bool) -> bool {
        Pages { pages: Box::new(One(Some(page))), optional }.get_next_page().is_ok()
    }

    #[test]
    fn a_page_has_no_more_values_than_it_can_hold() {
        let dictionary = |num_values| Page::DictionaryPage {
            buf: Bytes::from_static(b"\x01\0\0\0a\x01\0\0\0b"),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        assert!(fits(dictionary(2), false));
        assert!(!fits(dictionary(i32::MAX.cast_unsigned()), false));

        // Blocks of 128 in four parts; so many lengths.
        let data = |levels: &[u8], lengths: &[u8], num_values| Page::DataPage {
            buf: [levels, &[0x80, 1, 4], lengths, &[0; 40]].concat().into(),
            num_values,
            encoding: Encoding::DELTA_LENGTH_BYTE_ARRAY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let many: &[u8] = &[0xFF, 0xFF, 0xFF, 0xFF, 7];
        let levels: &[u8] = &[2, 0, 0, 0, 14, 1];
        for (optional, levels) in [(false, &[][..]), (true, levels)] {
            assert!(fits(data(levels, &[7], 7), optional));
            assert!(!fits(data(levels, &[8], 7), optional));
            assert!(!fits(data(levels, many, i32::MAX.cast_unsigned()), optional));
        }
        assert!(!fits(data(&[0xFF; 4], &[7], 7), true), "levels that are longer than the page");
    }

    #[test]
    fn a_page_opens_into_no_more_than_is_in_it() {
        // A header of a data page: it opens into so much, from so much.
        let file = |opened: &[u8], stored: &[u8]| {
            let head = [&[0x15, 0, 0x15], opened, &[0x15], stored].concat();
            Bounded(Bytes::from([head, vec![0; 40]].concat())).get_read(0).is_ok()
        };
        assert!(file(&[0x28], &[0x14]));
        let most: &[u8] = &[0x80, 0x80, 0x80, 0x80, 1];
        let more: &[u8] = &[0x82, 0x80, 0x80, 0x80, 1];
        assert!(file(most, most), "128 MiB");
        assert!(!file(more, more));
        // 100 bytes open into 3 276 800, and not into 3 276 801.
        assert!(file(&[0x80, 0x80, 0x90, 3], &[0xC8, 1]));
        assert!(!file(&[0x82, 0x80, 0x90, 3], &[0xC8, 1]));
        assert!(!file(&[0x27], &[0x14]), "fewer than none");
        assert!(Bounded(Bytes::from_static(b"no page at all")).get_read(0).is_err());
        assert!(Bounded(Bytes::from_static(b"no page at all")).get_bytes(4, 11).is_err());
        assert!(Bounded(Bytes::from_static(b"no page at all")).get_bytes(4, 10).is_ok());
    }
}
