//! `mint gallery`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::support::desk::Desk;

const CATALOG: &str = "\
[models.lamp]
prompt = '''a lamp \"><script>document.title = \"broken\"</script>'''
files = ['glb', 'poster']
[models.chair]
prompt = 'a chair'
review = true
files = ['glb', 'poster']
[audio.abellwithanamethatisfartoolongforanycardandhasnoplacetobreakit]
prompt = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
files = ['all']
";

#[tokio::test(flavor = "multi_thread")]
async fn the_entries_on_a_page() {
    let desk = Desk::of(CATALOG).await;
    desk.run(&["sync", "--yes"]).ends(3);
    let ran = desk.run(&["gallery"]).ends(0);
    assert!(ran.stdout.starts_with("wrote `assets"), "{ran:?}");
    let page = desk.text("assets/index.html");
    for part in [
        "a lamp &quot;&gt;&lt;script&gt;",
        "ready, ",
        " credits, ",
        " triangles",
        "may wait for review",
        "<img src=\"models/lamp.",
        "href=\"models/lamp.glb\"",
        "3 entries",
        "1 wait for a person",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    // It replaces its own page, and no other.
    desk.run(&["gallery"]).ends(0);
    desk.write("assets/index.html", "mine");
    let ran = desk.run(&["gallery"]).ends(2);
    assert!(ran.stderr.contains("--overwrite") && desk.text("assets/index.html") == "mine", "{ran:?}");
    desk.run(&["gallery", "--overwrite"]).ends(0);
    assert_eq!(desk.text("assets/index.html"), page);
    look(&desk, &page);
}

/// Opens the page in Chromium, narrow and wide: every picture must load, and nothing may overflow.
fn look(desk: &Desk, page: &str) {
    let Some(chromium) = chromium() else {
        // Not captured, so that it is seen.
        let text = "SKIPPED: Chromium is not installed, so that the gallery was not opened in a browser\n";
        let _ = std::io::stderr().write_all(text.as_bytes());
        return;
    };
    let probe = "<script>addEventListener('load', () => parent.postMessage(JSON.stringify({
        width: innerWidth, pictures: document.images.length, title: document.title,
        broken: [...document.images].filter(image => !image.naturalWidth).length,
        overflowing: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }), '*'))</script></body>";
    // The probe is a script, which the page itself allows none of.
    let probed = page.replace("script-src 'none'", "").replace("</body>", probe);
    desk.write("assets/probe.html", &probed);
    desk.write(
        "assets/frames.html",
        "<body><script>
            for (const width of [360, 1440]) {
                const frame = document.createElement('iframe');
                frame.width = width; frame.height = 900; frame.src = 'probe.html'; document.body.append(frame);
            }
            addEventListener('message', event => document.body.append(document.createElement('p'), event.data));
        </script>",
    );
    let url = url::Url::from_file_path(desk.path("assets/frames.html")).unwrap();
    let profile = format!("--user-data-dir={}", desk.path("profile").display());
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom", &profile])
        .arg(url.as_str())
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).replace("&quot;", "\"");
    for width in [360, 1440] {
        let expected =
            format!("{{\"width\":{width},\"pictures\":1,\"title\":\"test\",\"broken\":0,\"overflowing\":0}}");
        assert!(dom.contains(&expected), "{expected}: {output:?}");
    }
}

fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome", "chrome"].into_iter().find(|program| {
        let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    })
}
