//! Handles as people write them: `@Anh`, `https://www.tiktok.com/@anh?lang=vi`, `instagram.com/anh/`, `IG: anh`.
//!
//! An account is its platform and its handle. Where a platform ignores case, so does the handle here. An address that
//! names no account (a post, a search, a short link) is refused with the reason; none is guessed.

use unicode_normalization::UnicodeNormalization;

use super::fold::{fold, tidy};

/// A platform: its name here, other names in lower case without accents, and the hosts of its addresses.
struct Platform {
    name: &'static str,
    names: &'static [&'static str],
    hosts: &'static [&'static str],
}

const PLATFORMS: &[Platform] = &[
    Platform { name: "tiktok", names: &["tiktok", "tik tok", "tt", "tiktoker", "tiktok shop"], hosts: &["tiktok.com"] },
    Platform { name: "douyin", names: &["douyin"], hosts: &["douyin.com"] },
    Platform {
        name: "instagram",
        names: &["instagram", "ig", "insta", "instagram business", "instagram creator"],
        hosts: &["instagram.com", "instagr.am"],
    },
    Platform {
        name: "facebook",
        names: &[
            "facebook",
            "fb",
            "facebook page",
            "fb page",
            "page facebook",
            "fanpage",
            "fan page",
            "facebook profile",
        ],
        hosts: &["facebook.com", "fb.com", "fb.me", "m.me", "facebook.me"],
    },
    Platform {
        name: "youtube",
        names: &["youtube", "yt", "you tube", "youtuber", "youtube channel", "youtube shorts", "kenh youtube"],
        hosts: &["youtube.com", "youtu.be"],
    },
    Platform { name: "threads", names: &["threads", "thread"], hosts: &["threads.net", "threads.com"] },
    Platform { name: "x", names: &["x", "twitter", "x twitter", "twitter x"], hosts: &["x.com", "twitter.com"] },
    Platform { name: "zalo", names: &["zalo", "zalo oa"], hosts: &["zalo.me"] },
    Platform { name: "lemon8", names: &["lemon8", "lemon 8"], hosts: &["lemon8-app.com"] },
    Platform { name: "telegram", names: &["telegram"], hosts: &["t.me", "telegram.me"] },
    Platform { name: "twitch", names: &["twitch"], hosts: &["twitch.tv"] },
    Platform { name: "snapchat", names: &["snapchat", "snap"], hosts: &["snapchat.com"] },
    Platform { name: "pinterest", names: &["pinterest"], hosts: &["pinterest.com"] },
    Platform { name: "linkedin", names: &["linkedin", "linked in"], hosts: &["linkedin.com"] },
    Platform { name: "likee", names: &["likee"], hosts: &["likee.video"] },
    Platform { name: "kwai", names: &["kwai"], hosts: &["kwai.com"] },
    Platform { name: "bilibili", names: &["bilibili"], hosts: &["bilibili.com", "bilibili.tv"] },
    Platform { name: "weibo", names: &["weibo", "sina weibo"], hosts: &["weibo.com"] },
    Platform { name: "xiaohongshu", names: &["xiaohongshu", "rednote", "xhs"], hosts: &["xiaohongshu.com"] },
];

/// The name here of a platform as people write it: `IG`, `Insta`, `FB`, `Facebook Page`, `Tik Tok`, `YT`, `Twitter`.
pub fn platform(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    PLATFORMS.iter().find(|platform| platform.names.contains(&folded.as_str())).map(|platform| platform.name)
}

/// Every name of every platform, as (words in lower case without accents, name here).
pub fn platform_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLATFORMS.iter().flat_map(|platform| platform.names.iter().map(|name| (*name, platform.name)))
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The platform, where the text or the caller says it.
    pub platform: Option<&'static str>,
    /// The handle, without `@`, in lower case where the platform ignores case.
    pub handle: String,
    /// Whether the platform comes from the text itself.
    pub from_address: bool,
}

/// Reads a handle or the address of an account. `platform`: of a bare handle, where it is known. An address keeps its
/// own platform, so that the caller can see whether the two agree.
///
/// ```
/// use truereach::io::tables::handle::handle;
/// assert_eq!(handle(Some("tiktok"), "@Anh").unwrap().handle, "anh");
/// assert_eq!(handle(None, "https://www.tiktok.com/@anh?lang=vi").unwrap().platform, Some("tiktok"));
/// assert!(handle(None, "https://vm.tiktok.com/ZSx1/").is_err());
/// ```
pub fn handle(platform: Option<&'static str>, text: &str) -> Result<Handle, String> {
    let text = tidy(text);
    if let Some((host, path)) = address(&text) {
        let known = PLATFORMS.iter().find(|platform| platform.hosts.iter().any(|other| is_host(&host, other)));
        let Some(known) = known else {
            return Err(format!("an address at {host}, which is no platform known here"));
        };
        let found = account_of(known.name, &host, path)?;
        return Ok(Handle {
            platform: Some(known.name),
            handle: spelled(Some(known.name), &found)?,
            from_address: true,
        });
    }
    // "tiktok:anh", "IG: @anh"
    if let Some((before, behind)) = text.split_once(':')
        && let Some(named) = self::platform(before)
        && !behind.trim().is_empty()
    {
        let found = handle(Some(named), behind)?;
        return Ok(Handle { from_address: true, ..found });
    }
    Ok(Handle { platform, handle: spelled(platform, &text)?, from_address: false })
}

/// Whether a text is the address of an account or looks like a handle: no blanks, only what platforms allow.
pub fn names_account(text: &str) -> bool {
    match address(text) {
        Some(_) => handle(None, text).is_ok(),
        None => {
            let bare = text.trim().trim_start_matches('@');
            let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
            !bare.is_empty() && bare.len() <= 100 && bare.chars().all(allowed)
        }
    }
}

/// Whether a text is the address of a post.
pub fn names_post(text: &str) -> bool {
    const PARTS: &[&str] = &[
        "/video/",
        "/photo/",
        "/p/",
        "/reel/",
        "/reels/",
        "/tv/",
        "/posts/",
        "/videos/",
        "/status/",
        "/watch",
        "/shorts/",
        "/permalink",
        "/story.php",
        "/post/",
    ];
    match address(text) {
        Some((host, path)) => host.ends_with("youtu.be") || PARTS.iter().any(|part| path.contains(part)),
        None => false,
    }
}

/// Host and path of an address, with or without a scheme.
fn address(text: &str) -> Option<(String, &str)> {
    let lower = text.to_ascii_lowercase();
    let scheme = ["https://", "http://", "//"].into_iter().find(|scheme| lower.starts_with(scheme));
    let rest = &text[scheme.map_or(0, str::len)..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].split(':').next().unwrap_or_default().to_ascii_lowercase();
    // Without a scheme only what stands at a known host is an address: handles may hold points ("anh.nguyen").
    let known = PLATFORMS.iter().flat_map(|platform| platform.hosts).any(|other| is_host(&host, other));
    (scheme.is_some() || (known && end < rest.len())).then(|| (host, &rest[end..]))
}

fn is_host(host: &str, known: &str) -> bool {
    host == known || host.strip_suffix(known).is_some_and(|before| before.ends_with('.'))
}

/// Whose address it is.
fn account_of(platform: &str, host: &str, path: &str) -> Result<String, String> {
    let (path, query) = match path.split_once(['?', '#']) {
        Some((before, behind)) => (before, behind),
        None => (path, ""),
    };
    let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(unescaped).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let post = || Err("the address of a post, not of an account".to_owned());
    let short = || Err("a short link; open it and write the address that it leads to".to_owned());
    let nobody = || Err("an address that names no account".to_owned());
    if matches!(host, "vm.tiktok.com" | "vt.tiktok.com" | "fb.me" | "instagr.am") {
        return short();
    }
    let Some(&first) = parts.first() else { return nobody() };
    let second = parts.get(1).copied();
    let found = match (platform, first) {
        ("tiktok" | "lemon8" | "threads", name) if name.starts_with('@') => name,
        ("tiktok", "t") | ("facebook", "share") => return short(),
        ("tiktok" | "lemon8", _) => return nobody(),
        ("instagram", "p" | "reel" | "reels" | "tv") => return post(),
        ("instagram", "stories") if second.is_some_and(|name| name != "highlights") => second.unwrap_or_default(),
        ("instagram", "explore" | "accounts" | "stories" | "direct" | "share") => return nobody(),
        ("facebook", "profile.php") => {
            let id = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("id="));
            return id.map(str::to_owned).ok_or_else(|| "an address that names no account".to_owned());
        }
        ("facebook", "pages" | "people") if parts.len() > 2 => parts[2],
        (
            "facebook",
            "watch" | "reel" | "photo" | "photo.php" | "story.php" | "permalink.php" | "video.php" | "events",
        ) => {
            return post();
        }
        ("facebook", "groups") => return Err("the address of a group, not of an account".into()),
        ("facebook", "pages" | "people" | "hashtag" | "search" | "marketplace") => return nobody(),
        ("youtube", _) if host.ends_with("youtu.be") => return post(),
        ("youtube", "channel" | "c" | "user") => match second {
            Some(name) => name,
            None => return nobody(),
        },
        ("youtube", "watch" | "shorts" | "live" | "embed" | "playlist" | "clip") => return post(),
        ("youtube", "results" | "feed" | "hashtag") => return nobody(),
        ("x", "i" | "home" | "search" | "hashtag" | "explore" | "intent" | "share") => return nobody(),
        ("snapchat", "add") | ("linkedin", "in" | "company" | "school") => match second {
            Some(name) => name,
            None => return nobody(),
        },
        ("telegram", "s") => match second {
            Some(name) => name,
            None => return nobody(),
        },
        (_, name) => name,
    };
    Ok(found.to_owned())
}

/// `%C3%A9` as é; what is not well formed stays.
fn unescaped(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| part.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| part.to_owned())
}

/// A handle without `@`, with accents composed, in lower case where the platform ignores case.
fn spelled(platform: Option<&str>, text: &str) -> Result<String, String> {
    let bare: String = text.trim_matches(|c: char| c.is_whitespace() || c == '@' || c == '/').nfc().collect();
    let bare = tidy(&bare);
    if bare.is_empty() {
        return Err("no handle".into());
    }
    if bare.contains('@') && bare.contains('.') {
        return Err("an e-mail address, not a handle".into());
    }
    if bare.len() > 4096 {
        return Err("a text, not a handle".into());
    }
    Ok(if ignores_case(platform, &bare) { bare.to_lowercase() } else { bare })
}

/// Ids of YouTube channels (`UC` and 22 characters) tell case apart, and so may platforms that are not known.
fn ignores_case(platform: Option<&str>, handle: &str) -> bool {
    match platform {
        Some("youtube") => !(handle.len() == 24 && handle.starts_with("UC")),
        Some(_) => true,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn platforms_have_one_name() {
        for (text, name) in [
            ("TikTok", "tiktok"),
            ("Tik Tok", "tiktok"),
            ("IG", "instagram"),
            ("Insta", "instagram"),
            ("FB", "facebook"),
            ("Facebook Page", "facebook"),
            ("YT", "youtube"),
            ("YouTube", "youtube"),
            ("Twitter", "x"),
            ("X (Twitter)", "x"),
        ] {
            assert_eq!(platform(text), Some(name), "{text}");
        }
        assert_eq!(platform("myspace"), None);
        let mut names: Vec<&str> = platform_names().map(|(name, _)| name).collect();
        for name in &names {
            assert_eq!(fold(name), *name, "written as it folds");
        }
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn handles_and_addresses() {
        for (text, on, name) in [
            ("@Anh", None, "Anh"),
            ("https://www.tiktok.com/@anh?lang=vi", Some("tiktok"), "anh"),
            ("https://www.tiktok.com/@Anh.Nguyen/video/7412345678901234567", Some("tiktok"), "anh.nguyen"),
            ("tiktok.com/@anh", Some("tiktok"), "anh"),
            ("instagram.com/anh/", Some("instagram"), "anh"),
            ("HTTPS://WWW.INSTAGRAM.COM/Anh_99/?hl=vi", Some("instagram"), "anh_99"),
            ("https://instagram.com/stories/anh/123", Some("instagram"), "anh"),
            ("https://m.facebook.com/anh.nguyen", Some("facebook"), "anh.nguyen"),
            ("https://www.facebook.com/profile.php?id=100012345&ref=x", Some("facebook"), "100012345"),
            ("facebook.com/pages/Anh/12345", Some("facebook"), "12345"),
            ("https://youtube.com/channel/UCq-Fj5jknLsUf-MWSy4_brA", Some("youtube"), "UCq-Fj5jknLsUf-MWSy4_brA"),
            ("https://www.youtube.com/@MrBeast/videos", Some("youtube"), "mrbeast"),
            ("youtube.com/c/Anh", Some("youtube"), "anh"),
            ("https://x.com/Anh/status/1", Some("x"), "anh"),
            ("twitter.com/anh", Some("x"), "anh"),
            ("https://www.threads.net/@anh", Some("threads"), "anh"),
            ("https://www.instagram.com/%C3%A9a", Some("instagram"), "éa"),
            ("tiktok:Anh", Some("tiktok"), "anh"),
            ("IG: @anh", Some("instagram"), "anh"),
            ("anh.nguyen", None, "anh.nguyen"),
            ("Vũ  Anh", None, "Vũ Anh"),
        ] {
            let found = handle(None, text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!((found.platform, found.handle.as_str()), (on, name), "{text}");
        }
        assert_eq!(handle(Some("tiktok"), "@Anh").unwrap().handle, "anh");
        // An address keeps its own platform, so that the caller can see that the two differ.
        let other = handle(Some("tiktok"), "instagram.com/anh").unwrap();
        assert_eq!((other.platform, other.from_address), (Some("instagram"), true));
    }

    #[test]
    fn what_names_no_account_says_why() {
        for (text, why) in [
            ("https://vm.tiktok.com/ZSx1/", "a short link; open it and write the address that it leads to"),
            ("https://www.instagram.com/p/Cabc/", "the address of a post, not of an account"),
            ("https://www.youtube.com/watch?v=abc", "the address of a post, not of an account"),
            ("https://youtu.be/abc", "the address of a post, not of an account"),
            ("https://www.tiktok.com/", "an address that names no account"),
            ("https://www.facebook.com/groups/1", "the address of a group, not of an account"),
            ("https://example.com/anh", "an address at example.com, which is no platform known here"),
            ("anh@gmail.com", "an e-mail address, not a handle"),
            ("@", "no handle"),
            ("", "no handle"),
        ] {
            assert_eq!(handle(None, text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn addresses_of_posts_are_told_from_those_of_accounts() {
        for text in ["https://www.tiktok.com/@a/video/1", "https://www.instagram.com/reel/DA/", "https://youtu.be/x"] {
            assert!(names_post(text), "{text}");
        }
        for text in ["https://www.tiktok.com/@a", "instagram.com/a", "a/video/1", "@a"] {
            assert!(!names_post(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_handle_again_changes_nothing(
            text in "(https://www\\.(tiktok|instagram|youtube)\\.com/)?@?[a-zA-Z0-9_.À-ỹ]{1,20}|\\PC{0,30}",
            on in proptest::option::of(proptest::sample::select(vec!["tiktok", "instagram", "youtube", "x"])),
        ) {
            if let Ok(once) = handle(on, &text) {
                let twice = handle(once.platform, &once.handle).unwrap();
                prop_assert_eq!(twice.handle, once.handle);
                prop_assert_eq!(twice.platform, once.platform);
            }
        }
    }
}
