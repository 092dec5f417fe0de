//! Table files as people have them, read to cells and columns: real exports, workbooks, and bytes that are none.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use crate::common;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use truereach::Run;
use truereach::io::tables::meaning::{Kind, Mapped, Meaning, Stated, map};
use truereach::io::tables::sheet::{Cell, Sheet};

fn parse(name: &str, bytes: impl Into<Vec<u8>>) -> truereach::base::Result<Vec<Sheet>> {
    Sheet::parse(name, bytes.into(), &Run::default())
}

fn one(text: &str) -> Sheet {
    parse("t.csv", text).unwrap_or_else(|error| panic!("{error}")).remove(0)
}

fn understood(text: &str) -> Mapped {
    map(&one(text), &Stated::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Header and meaning of each column that is used, with what the header says besides.
fn meanings(sheet: &Sheet, mapped: &Mapped) -> Vec<String> {
    let say = |column: &truereach::io::tables::meaning::Column| {
        let mut said = format!("{} = {}", sheet.header[column.at], column.meaning);
        for extra in [&column.platform, &column.format, &column.currency, &column.tax].into_iter().flatten() {
            said.push_str(&format!(" {extra}"));
        }
        said + if column.average { " average" } else { "" }
    };
    mapped.columns.iter().map(say).collect()
}

/// Lists of a thousand creators, with their repeated columns, `#VALOR!` and line breaks in headers.
#[test]
fn real_lists_of_creators_are_understood() {
    let expected: &[(&str, &str, Option<&str>, &[&str])] = &[
        (
            "- instagram sep",
            "",
            Some("instagram"),
            &["Instagram name = handle instagram", "Name = name", "Subscribers = followers"],
        ),
        ("INSTAGRAM - -DEC", "hypeauditor", Some("instagram"), &["name = handle", "instagram name = name instagram"]),
        ("TIKTOK - ---DEC", "", Some("tiktok"), &["Tiktoker name = handle tiktok", "views(avg) = views average"]),
        ("YOUTUBE - --DEC", "", Some("youtube"), &["Youtube channel = handle youtube", "youtuber name = name youtube"]),
        ("instagram june", "", Some("instagram"), &["instagram name = handle instagram", "Likes avg = likes average"]),
        ("tiktok june", "", Some("tiktok"), &["Tiktoker = handle tiktok", "Shares avg = shares average"]),
        ("youtube june", "", Some("youtube"), &["channel name = handle", "Views avg. = views average"]),
        ("youtubers_df", "", None, &["Username = handle", "Links = url", "Visits = views", "Categories = niche"]),
    ];
    let mut paths = Vec::new();
    for folder in ["kol-multiplatform-2022", "kol-youtube-top"] {
        let Some(folder) = common::shared(folder) else { return };
        paths.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    for (part, preset, platform, columns) in expected {
        let fits = |path: &&std::path::PathBuf| {
            path.display().to_string().replace("influencers-", "influencers ").contains(part)
        };
        let path = paths.iter().find(fits).unwrap_or_else(|| panic!("{part}"));
        let sheet = Sheet::read(path, &Run::default()).unwrap_or_else(|error| panic!("{error}")).remove(0);
        let mapped = map(&sheet, &Stated::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((mapped.kind, mapped.preset.as_deref().unwrap_or_default()), (Kind::Accounts, *preset), "{part}");
        assert_eq!(mapped.platform.as_deref(), *platform, "{part}");
        assert!(sheet.rows.len() >= 1000, "{part}: {} rows", sheet.rows.len());
        let found = meanings(&sheet, &mapped);
        for column in *columns {
            assert!(found.iter().any(|found| found == column), "{part}: {column:?} is not in {found:?}");
        }
    }
}

#[test]
fn tables_tell_what_their_rows_are() {
    for (header, row, kind) in [
        (
            "platform,handle,followers_claimed,list_design,list_date,niche,country",
            "tiktok,anh,12,random,,beauty,VN",
            Kind::Accounts,
        ),
        (
            "platform,handle,post,time,format,sponsored,views,reach,likes,comments,shares,saves",
            "tiktok,anh,1,2025-11-12,video,0,1,2,3,4,5,6",
            Kind::Posts,
        ),
        ("platform,handle,format,price,currency", "tiktok,anh,video,500,USD", Kind::Offers),
        ("platform,account,person", "tiktok,anh,p1", Kind::Links),
        ("account,creator,follows", "u1,anh,yes", Kind::Lookups),
        ("follower", "u1", Kind::Followers),
        ("follower,creator", "u1,anh", Kind::Followers),
        ("Tên kênh,Nền tảng,Lượt theo dõi,Lĩnh vực", "anh,TikTok,12K,Làm đẹp", Kind::Accounts),
        (
            "Tên kênh,Ngày đăng,Lượt xem,Lượt thích,Bình luận,Chia sẻ,Lượt lưu,Tài trợ",
            "anh,25/11/2025,1,2,3,4,5,Có",
            Kind::Posts,
        ),
        ("Tên kênh,Link,Hình thức,Báo giá,Thuế", "Anh Nè,tiktok.com/@anh,video,5tr,chưa", Kind::Offers),
        ("KOL,TikTok,Giá video,Giá livestream", "Anh Nè,https://tiktok.com/@anh,5tr,9tr", Kind::Offers),
        ("handle,followers,price", "anh,12,500", Kind::Accounts),
        ("date,handle,followers", "2025-11-12,anh,12", Kind::Accounts),
    ] {
        let sheet = one(&format!("{header}\n{row}\n"));
        let mapped = map(&sheet, &Stated::default()).unwrap_or_else(|error| panic!("{header}: {error}"));
        assert_eq!(mapped.kind, kind, "{header}: {:?}", mapped.why);
        assert!(
            mapped.why.iter().any(|why| why.starts_with(&format!("read as a table of {kind}"))),
            "{:?}",
            mapped.why
        );
    }
    let ends = understood("account,creator,follows\nu1,anh,yes\n");
    assert_eq!(ends.column(&Meaning::Follower).unwrap().at, 0);
    assert_eq!(ends.column(&Meaning::Handle).unwrap().at, 1);
    let dated = understood("date,handle,followers\n2025-11-12,anh,12\n");
    assert_eq!(dated.column(&Meaning::AsOf).unwrap().at, 0);
}

#[test]
fn wide_tables_name_platforms_and_formats_in_headers() {
    let sheet =
        one("KOL,TikTok,Follow TikTok,Facebook,Follow Facebook,Lĩnh vực\nAnh Nè,@anh,12K,fb.com/anh.ne,9K,Làm đẹp\n");
    let mapped = map(&sheet, &Stated::default()).unwrap();
    assert_eq!(
        meanings(&sheet, &mapped),
        [
            "KOL = name",
            "TikTok = handle tiktok",
            "Follow TikTok = followers tiktok",
            "Facebook = handle facebook",
            "Follow Facebook = followers facebook",
            "Lĩnh vực = niche",
        ]
    );
    assert_eq!(mapped.platform, None);
    let sheet = one("Handle,Platform,Reel,Story,Livestream\nanh,IG,5.000.000đ,1.000.000đ,9tr\n");
    let mapped = map(&sheet, &Stated::default()).unwrap();
    assert_eq!(mapped.kind, Kind::Offers);
    assert_eq!(
        meanings(&sheet, &mapped)[2..],
        ["Reel = price reel", "Story = price story", "Livestream = price livestream"]
    );
}

#[test]
fn a_post_is_a_format_beside_prices_of_formats() {
    let sheet = one("Handle,Post,Story\nanh,5tr,1tr\n");
    let mapped = map(&sheet, &Stated::default()).unwrap();
    assert_eq!(mapped.kind, Kind::Offers);
    assert_eq!(meanings(&sheet, &mapped)[1..], ["Post = price post", "Story = price story"]);
}

/// `Reels` above bare numbers may be how many there are: prices only where something says so.
#[test]
fn figures_below_formats_are_prices_only_where_money_is_spoken_of() {
    let sheet = one("Handle,Followers,Posts,Reels\nanh,1200,90,12\n");
    let mapped = map(&sheet, &Stated::default()).unwrap();
    assert_eq!(mapped.kind, Kind::Accounts);
    assert_eq!(meanings(&sheet, &mapped)[3], "Reels = Reels reel");
    let sheet = one("Handle,Reel,Story\nanh,500,200\n");
    assert!(map(&sheet, &Stated::default()).is_err());
    let stated = Stated { kind: Some(Kind::Offers), ..Stated::default() };
    assert_eq!(meanings(&sheet, &map(&sheet, &stated).unwrap())[1..], ["Reel = price reel", "Story = price story"]);
    let sheet = one("Handle,Reel,Currency\nanh,500,USD\n");
    assert_eq!(map(&sheet, &Stated::default()).unwrap().kind, Kind::Offers);
}

#[test]
fn lists_of_followers_need_no_particular_header() {
    let stated = Stated { kind: Some(Kind::Followers), ..Stated::default() };
    for text in ["handle\nanh\nbinh\n", "anh\nbinh\n", "username,full name\nanh,A\nbinh,B\n", "follower\n1\n2\n"] {
        let mapped = map(&one(text), &stated).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(mapped.column(&Meaning::Follower).unwrap().at, 0, "{text}");
        assert_eq!(one(text).rows.len(), 2);
    }
}

#[test]
fn exports_are_known_by_their_columns() {
    for (text, preset, kind, checks) in [
        (
            "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,\
             Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves\n\
             180,178,anh,Anh Nè,x,32,09/15/2026 18:00,https://www.instagram.com/reel/x/,IG reel,,Lifetime,9,8,7,6,5,4,3\n",
            "meta-instagram",
            Kind::Posts,
            &[
                "Account username = handle",
                "Publish time = time",
                "Permalink = post_url",
                "Follows = Follows",
                "Date = Date",
            ][..],
        ),
        (
            "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views\n\
             x,https://www.tiktok.com/@anh/video/7412345678901234567,2026-08-02 19:05:00,1.2K,48,31,\"18,400\"\n",
            "tiktok-studio",
            Kind::Posts,
            &["Video link = post_url", "Post time = time", "Total likes = likes", "Total views = views"],
        ),
        (
            "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions\n\
             Total,,,,90,5,7,900\nabc,x,\"Nov 12, 2025\",61,90,5,7,900\n",
            "youtube-studio",
            Kind::Posts,
            &["Content = post", "Video publish time = time", "Views = views", "Subscribers = Subscribers"],
        ),
    ] {
        let sheet = one(text);
        assert_eq!(sheet.rows.len(), 1, "{preset}: {:?}", sheet.notes);
        let mapped = map(&sheet, &Stated::default()).unwrap_or_else(|error| panic!("{preset}: {error}"));
        assert_eq!((mapped.preset.as_deref(), mapped.kind), (Some(preset), kind));
        let found = meanings(&sheet, &mapped);
        for check in checks {
            assert!(found.iter().any(|found| found == check), "{preset}: {check:?} is not in {found:?}");
        }
    }
    let stated = Stated { preset: Some("nope".into()), ..Stated::default() };
    let error = map(&one("handle,followers\na,1\n"), &stated).unwrap_err().to_string();
    assert!(error.contains("there is none of the name nope") && error.contains("tiktok-studio"), "{error}");
}

#[test]
fn of_two_columns_that_agree_the_more_exact_is_used() {
    let mapped = understood("handle,followers,followers\na,409.8M,409800000\nb,1.2K,1249\nc,#VALOR!,N/A\n");
    let column = mapped.column(&Meaning::Followers).unwrap();
    assert_eq!(column.at, 2);
    assert!(
        mapped.why.iter().any(|why| why.ends_with("column 3 (followers) is used, which is more exact")),
        "{:?}",
        mapped.why
    );
    let sheet = one("handle,followers,followers\na,409.8M,409800000\nb,1.2K,1449\n");
    let error = map(&sheet, &Stated::default()).unwrap_err().to_string();
    assert!(
        error.starts_with("t.csv:3:8: expected the same in column 2 (followers) and column 3 (followers)"),
        "{error}"
    );
    assert!(error.contains("found \"1.2K\" and \"1449\""), "{error}");
    let gaps = understood("handle,followers,followers\na,409.8M,409800000\nb,1.2K,\n");
    assert!(gaps.why.iter().any(|why| why.contains("in 1 rows only column 2 (followers) is given")), "{:?}", gaps.why);
}

#[test]
fn what_cannot_be_told_is_asked() {
    for (text, parts) in [
        ("handle\nanh\n", &["accounts or followers", "say what its rows are"][..]),
        ("handle,format,price,views\nanh,video,5,9\n", &["posts or offers"]),
        ("views,likes\n5,6\n", &["t.csv:1: expected a column that names accounts", "--column \"HEADER=handle\""]),
        (
            "kol,channel,followers\nanh,binh,1\nchi,dung,2\n",
            &["kol and channel, which look alike", "--column \"kol=handle\""],
        ),
    ] {
        let error = map(&one(text), &Stated::default()).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{error}\n  lacks {part:?}");
        }
    }
    let stated = Stated {
        columns: [("kol".into(), "handle".into()), ("channel".into(), "name".into())].into(),
        ..Stated::default()
    };
    let mapped = map(&one("kol,channel,followers\nanh,binh,1\nchi,dung,2\n"), &stated).unwrap();
    assert_eq!(mapped.column(&Meaning::Handle).unwrap().at, 0);
    let stated = Stated { columns: [("nope".into(), "handle".into())].into(), ..Stated::default() };
    let error = map(&one("kol,followers\nanh,1\n"), &stated).unwrap_err().to_string();
    assert!(error.contains("t.csv has no column nope") && error.contains("kol, followers"), "{error}");
    let stated = Stated { columns: [("kol".into(), "nope".into())].into(), ..Stated::default() };
    let error = map(&one("kol,followers\nanh,1\n"), &stated).unwrap_err().to_string();
    assert!(error.contains("\"nope\" is no meaning; there are: rank, platform"), "{error}");
}

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A rate card: title rows, merged headers of two rows, merged names, dates, flags, numbers, totals.
fn rate_card(sheet: &mut Worksheet) {
    let plain = Format::new();
    sheet.set_name("Báo giá").unwrap();
    sheet.merge_range(0, 1, 0, 6, "BÁO GIÁ KOL 2025", &plain).unwrap();
    sheet.write(3, 1, "Tên kênh").unwrap();
    sheet.write(3, 2, "Nền tảng").unwrap();
    sheet.merge_range(3, 3, 3, 4, "Báo giá", &plain).unwrap();
    sheet.write(3, 5, "Ngày cập nhật").unwrap();
    sheet.write(3, 6, "VAT").unwrap();
    sheet.write(4, 3, "Video").unwrap();
    sheet.write(4, 4, "Livestream").unwrap();
    sheet.merge_range(5, 1, 6, 1, "anh", &plain).unwrap();
    for (row, platform, price) in [(5, "TikTok", 5_000_000.0), (6, "FB", 4_500_000.0), (7, "TikTok", 7.5)] {
        sheet.write(row, 2, platform).unwrap();
        sheet.write(row, 3, price).unwrap();
        let date = ExcelDateTime::from_ymd(2025, 11, 12).unwrap().and_hms(18, 5, 9).unwrap();
        sheet.write_with_format(row, 5, &date, &Format::new().set_num_format("dd/mm/yyyy hh:mm")).unwrap();
        sheet.write(row, 6, row == 5).unwrap();
    }
    sheet.write(7, 1, "binh").unwrap();
    sheet.write(8, 1, "Tổng").unwrap();
    sheet.write(8, 3, 9_500_007.5).unwrap();
}

#[test]
fn a_rate_card_is_read_as_it_looks() {
    let bytes = workbook(|book| {
        rate_card(book.add_worksheet());
        book.add_worksheet().set_name("Trống").unwrap();
        let list = book.add_worksheet();
        list.set_name("Follow").unwrap();
        list.write(0, 0, "follower").unwrap();
        list.write(1, 0, "u1").unwrap();
    });
    let sheets = parse("rates.xlsx", bytes).unwrap();
    assert_eq!(sheets.len(), 2);
    let sheet = &sheets[0];
    assert_eq!(sheet.tab.as_deref(), Some("Báo giá"));
    assert_eq!(sheet.header, ["Tên kênh", "Nền tảng", "Báo giá Video", "Báo giá Livestream", "Ngày cập nhật", "VAT"]);
    assert_eq!(sheet.rows.len(), 3);
    let texts = |column: usize| sheet.rows.iter().map(|row| row.cells[column].text().into_owned()).collect::<Vec<_>>();
    assert_eq!(texts(0), ["anh", "anh", "binh"]);
    assert_eq!(sheet.rows[2].cells[2], Cell::Number(7.5));
    assert_eq!(texts(4)[0], "2025-11-12T18:05:09Z");
    assert_eq!(sheet.rows[0].cells[5], Cell::Flag(true));
    assert_eq!(sheet.at(2, 2).to_string(), "rates.xlsx [Báo giá] D8");
    assert_eq!(sheet.at_header(0).to_string(), "rates.xlsx [Báo giá] B4");
    assert_eq!(
        sheet.notes,
        [
            "1 row above the header left out: \"BÁO GIÁ KOL 2025\"",
            "two header rows put together, since cells of the first are merged",
            "line 9 left out as a row of totals: \"Tổng\"",
        ]
    );
    let mapped = map(sheet, &Stated::default()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(mapped.kind, Kind::Offers);
    assert_eq!(
        meanings(sheet, &mapped)[2..4],
        ["Báo giá Video = price video", "Báo giá Livestream = price livestream"]
    );
    assert_eq!(map(&sheets[1], &Stated::default()).unwrap().kind, Kind::Followers);
}

/// The epoch of old Macintoshes is 1462 days later; the tab is hidden.
#[test]
fn the_epoch_and_hidden_tabs_of_a_workbook() {
    let bytes = workbook(|book| {
        book.add_worksheet();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "handle").unwrap();
        sheet.write(0, 1, "date").unwrap();
        let date = ExcelDateTime::from_ymd(2021, 11, 11).unwrap();
        sheet.write_with_format(1, 1, &date, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
        sheet.set_hidden(true);
    });
    let parts = unzipped(&bytes);
    let changed: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, bytes)| {
            let text = String::from_utf8_lossy(bytes).replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
            (name.as_str(), if name == "xl/workbook.xml" { text.into_bytes() } else { bytes.clone() })
        })
        .collect();
    let all: Vec<(&str, &[u8])> = changed.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    for (bytes, date) in [(bytes, "2021-11-11T00:00:00Z"), (zipped(&all), "2025-11-12T00:00:00Z")] {
        let sheet = parse("mac.xlsx", bytes).unwrap().remove(0);
        assert_eq!(sheet.rows[0].cells[1].text(), date);
        assert_eq!(sheet.notes, ["the tab is hidden in Excel"]);
    }
}

/// Two cells at the corners of a sheet take the room of two rows, not of 17 thousand million cells.
#[test]
fn a_sheet_of_two_far_cells_is_small() {
    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "handle").unwrap();
        sheet.write(1_048_575, 16_383, "x").unwrap();
    });
    let sheet = Sheet::parse("far.xlsx", bytes, &Run::default().memory(Some(64 << 20))).unwrap().remove(0);
    assert_eq!(sheet.header, ["handle", "column 16384"]);
    assert_eq!(sheet.at(0, 1).to_string(), "far.xlsx [Sheet1] XFD1048576");
}

/// A header over all columns above a hundred thousand short rows: as a rectangle it would not fit.
#[test]
fn a_wide_and_long_sheet_is_weighed_before_it_is_laid_out() {
    let header: Vec<String> = (0..3000).map(|at| format!("c{at}")).collect();
    let text = format!("{}\n{}", header.join(","), "anh\n".repeat(100_000));
    let run = Run::default().memory(Some(256 << 20));
    let error = Sheet::parse("wide.csv", text.into_bytes(), &run).unwrap_err().to_string();
    assert!(error.contains("the cells of the table needs 6.7 GiB and 256.0 MiB may be used"), "{error}");
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().into_owned(), bytes));
    }
    parts
}

#[test]
fn other_zips_are_refused_by_name() {
    for (part, found) in [
        ("content.xml", "an OpenDocument sheet (.ods)"),
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
        ("Index/Document.iwa", "a Numbers document"),
        ("word/document.xml", "a Word or PowerPoint document"),
        ("table.csv", "a zip file"),
    ] {
        let error = parse("x.xlsx", zipped(&[(part, b"x")])).unwrap_err().to_string();
        assert!(error.contains(&format!("found {found}")) && error.contains("hint: "), "{error}");
    }
}

/// A few hundred kilobytes that unpack to more than a gigabyte, and one shared text named by every cell.
#[test]
fn a_small_file_cannot_fill_the_memory() {
    let zeros = vec![b' '; 64 << 20];
    let names: Vec<String> = (0..17).map(|at| format!("xl/media/{at}")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![("xl/workbook.xml", b"<x/>")];
    parts.extend(names.iter().map(|name| (name.as_str(), zeros.as_slice())));
    let error = parse("bomb.xlsx", zipped(&parts)).unwrap_err().to_string();
    assert!(
        error.contains("bytes of the unpacked workbook") && error.contains("over the limit of 1073741824"),
        "{error}"
    );

    let bytes = workbook(|book| {
        let sheet = book.add_worksheet();
        let long = "x".repeat(30_000);
        for row in 0..2000 {
            sheet.write(row, 0, &long).unwrap();
        }
    });
    assert!(bytes.len() < 100_000);
    let run = Run::default().memory(Some(32 << 20));
    let error = Sheet::parse("texts.xlsx", bytes, &run).unwrap_err().to_string();
    assert!(error.contains("the cells of the table needs"), "{error}");
}

/// A workbook cut short or with bytes changed is read or refused, and never more than that.
#[test]
fn damaged_workbooks_are_refused_without_a_panic() {
    let whole = workbook(|book| rate_card(book.add_worksheet()));
    for cut in (0..whole.len()).step_by(97) {
        assert!(parse("cut.xlsx", &whole[..cut]).is_err(), "{cut} bytes");
    }
    // Damage inside the parts, past the checksums of the zip.
    let parts = unzipped(&whole);
    let mut refused = 0;
    for (victim, (name, bytes)) in parts.iter().enumerate().filter(|(_, (name, _))| name.starts_with("xl/")) {
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            for change in [0u8, b'<', b'"', b'9', 0xff] {
                let mut changed = bytes.clone();
                changed[at] = change;
                let all: Vec<(&str, &[u8])> = parts
                    .iter()
                    .enumerate()
                    .map(|(place, (name, bytes))| {
                        (name.as_str(), if place == victim { &changed[..] } else { &bytes[..] })
                    })
                    .collect();
                refused += u32::from(parse("odd.xlsx", zipped(&all)).is_err());
            }
        }
        assert!(!name.is_empty());
    }
    assert!(refused > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse("x", bytes);
    }

    #[test]
    fn any_table_is_mapped_or_refused(text in "([a-zA-ZđẾ ,;\"\n0-9.()@/|\t{}\\[\\]:]|handle|followers|Giá|TikTok|views){0,60}") {
        if let Ok(sheets) = parse("x", text) {
            for sheet in &sheets {
                for row in &sheet.rows {
                    prop_assert_eq!(row.cells.len(), sheet.header.len());
                }
                let _ = map(sheet, &Stated::default());
            }
        }
    }

    #[test]
    fn text_after_the_start_of_a_workbook_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(parse("x", [b"PK\x03\x04".as_slice(), &bytes].concat()).is_err());
    }
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let error = Sheet::read(Path::new("no/such/table.csv"), &Run::default()).unwrap_err().to_string();
    assert!(error.contains("no/such/table.csv"), "{error}");
}

/// docs/INGEST.md lists every meaning, word and export as the program knows them.
#[test]
fn the_docs_list_the_words() {
    let docs = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/INGEST.md"));
    let dictionary = truereach::io::tables::words::dictionary();
    for (name, entry) in &dictionary.entries {
        let line = format!("| `{name}` | {} | {} |", entry.means, entry.words.join(", "));
        assert!(docs.lines().any(|found| found == line), "docs/INGEST.md lacks:\n{line}");
    }
    for (name, preset) in &dictionary.presets {
        let line = format!("| `{name}` | {} | {} | {} |", preset.about, preset.kind, preset.tells.join(", "));
        assert!(docs.lines().any(|found| found == line), "docs/INGEST.md lacks:\n{line}");
    }
}
