//! What a definition that is wrong is told.

use mint_api_ext::ErrorKind;
use mint_api_ext::catalog::Definition;

/// Checks that the mistakes of a text are these, each on a line of its own.
#[track_caller]
fn check(text: &str, mistakes: &[&str]) {
    let error = Definition::parse("mint.toml".as_ref(), text).expect_err(text);
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let lines: Vec<_> = mistakes.iter().map(|mistake| format!("mint.toml:{mistake}")).collect();
    assert_eq!(error.to_string(), lines.join("\n"), "{text}");
}

/// Checks the mistakes of the fields of a model.
#[track_caller]
fn check_model(fields: &str, mistakes: &[&str]) {
    check(&format!("project = 'p'\n[models.lamp]\nprompt = 'a lamp'\n{fields}"), mistakes);
}

#[test]
fn the_file_as_a_whole() {
    check(
        "",
        &[
            "1:1: the file has no `project`; write `project = \"my-game-7f3a\", which keeps two projects of an account apart`",
        ],
    );
    check(
        "project = 'a b'",
        &["1:11: `project` takes up to 100 letters, digits, `-`, `_` and `.`, such as \"my-game-7f3a\""],
    );
    check("project = 7", &["1:11: `project` is an integer; write a text in quotes"]);
    check("project = ''", &["1:11: `project` is empty; write a text"]);
    check(
        "project = 'p'\nprojcet = 'q'\nbudgets = 1",
        &[
            "2:1: the file has no field `projcet`; did you mean `project`?",
            "3:1: the file has no field `budgets`; did you mean `budget`?",
        ],
    );
    check("project = 'p'\nbudget = -1", &["2:10: `budget` is -1; write a number from 0"]);
    check("project = 'p'\nbudget = 'much'", &["2:10: `budget` is a string; write a number from 0"]);
    check("project = 'p'\nbudget = inf", &["2:10: `budget` is inf; write a number from 0"]);
    check(
        "project = 'p'\nout = '../x'",
        &["2:7: `out` is \"../x\": the path must be relative, and no part of it empty, `.` or `..`"],
    );
    check("project = 'p'\nlock = 'publik'", &["2:8: `lock` is \"publik\"; write \"full\" or \"public\""]);
    check(
        "project = 'p'\nmodels = 3",
        &["2:10: `models` is an integer; write a table for each entry, such as `[models.lamp]`"],
    );
    check("project = 'p'\ndefaults = 3", &["2:12: `defaults` is an integer; write a table `[defaults]`"]);
    check(
        "project = 'p'\n[defaults]\npreset = 'slow'\nfile = 'glb'",
        &[
            "3:10: `preset` is \"slow\"; write one of \"fast\", \"standard\", \"production\"",
            "4:1: [defaults] has no field `file`; did you mean `files`?",
        ],
    );
}

#[test]
fn the_fields_of_entries() {
    check_model("promt = 'x'", &["4:1: [models.lamp] has no field `promt`; did you mean `prompt`?"]);
    check_model(
        "colour = 'red'",
        &[
            "4:1: [models.lamp] has no field `colour`; it has `prompt`, `files`, `price`, `preset`, `pose`, `image`, `images`, \
           `review`, `optimize`, `convert`, `convert_price`",
        ],
    );
    check_model("preset = 'fasst'", &["4:10: `preset` is \"fasst\"; did you mean \"fast\"?"]);
    check_model("preset = 1", &["4:10: `preset` is integer; write one of \"fast\", \"standard\", \"production\""]);
    check_model(
        "optimize = true",
        &["4:12: `optimize` is boolean; write one of \"light\", \"moderate\", \"aggressive\""],
    );
    check_model("review = 'yes'", &["4:10: `review` is a string; write true or false"]);
    check_model("files = []", &["4:9: `files` is empty; name at least one, or leave it out"]);
    check_model("files = ['glb', 'postr']", &["4:17: `files` is \"postr\"; did you mean \"poster\"?"]);
    check_model(
        "convert = ['fbx', 'blend']",
        &["4:19: `convert` is \"blend\"; write one of \"glb\", \"obj\", \"stl\", \"usdz\", \"fbx\""],
    );
    check_model(
        "image = 'a.png'\nimages = ['a.png', 'b.png']",
        &["5:10: `image` and `images` exclude each other; keep one of them"],
    );
    check_model("images = ['a.png']", &["4:10: `images` has 1 pictures; give 2 to 8 views, or one as `image`"]);
    check_model(
        "image = 'http://a.b/c.png'",
        &["4:9: a picture has a URL that is not https; write a public https URL"],
    );
    check_model("image = 7", &["4:9: `image` is an integer; write the path of a picture or its https URL"]);
    check("project = 'p'\n[models.lamp]", &["2:1: [models.lamp] has no `prompt`; write `prompt = \"what to make\"`"]);
    check(
        "project = 'p'\n[models]\nlamp = 'a lamp'",
        &["3:8: `models.lamp` is a string; write a table `[models.lamp]`"],
    );
    check(
        "project = 'p'\n[packs.tools]\nprompt = 'x'",
        &["2:1: [packs.tools] has no `count`; write `count = 5, the number of items`"],
    );
    check("project = 'p'\n[packs.tools]\nprompt = 'x'\ncount = 30", &["4:9: `count` is 30; a pack has 2 to 25 items"]);
    check("project = 'p'\n[audio.bell]\nprompt = 'x'\nseconds = 0", &["4:11: `seconds` is 0; write a number above 0"]);
    check(
        "project = 'p'\n[audio.bell]\nprompt = 'x'\nimage = 'a.png'",
        &["4:1: [audio.bell] has no field `image`; it has `prompt`, `files`, `price`, `preset`, `kind`, `seconds`"],
    );
}

#[test]
fn the_keys_of_a_registry() {
    check(
        "project = 'p'\nregistry = '/x'",
        &["2:12: `registry` is \"/x\": the path must be relative, and no part of it empty, `.` or `..`"],
    );
    let rule = "a key of the registry has lower-case letters, digits, `.`, `_` and single `-`, and begins and ends with none \
                of `.` and `-`; rename the entry";
    check(
        "project = 'p'\nregistry = 'r.json'\n[models.Lamp]\nprompt = 'x'\n[models.bell]\nprompt = 'x'\n[audio.bell]\n\
         prompt = 'x'",
        &[
            &format!("3:1: [models.Lamp]: {rule}"),
            "7:1: [audio.bell]: models.bell has the same key in the registry; rename one",
        ],
    );
}

#[test]
fn names_and_the_text_itself() {
    check(
        "project = 'p'\n[models.'a/../b']\nprompt = 'x'",
        &[
            "2:1: the name `a/../b` cannot be that of files: the path must be relative, and no part of it empty, `.` or `..`",
        ],
    );
    check(
        "project = 'p'\n[models.lamp]\nprompt = 'x'\n[models.LAMP]\nprompt = 'y'",
        &["4:1: `LAMP` and `lamp` are one name where case does not count; rename one"],
    );
    check(
        "project = 'p'\n[animations.walk]\nprompt = 'walks'\nmodel = 'ridr'\n[models.rider]\nprompt = 'x'",
        &["4:9: `model` is \"ridr\"; did you mean \"rider\"?"],
    );
    check(
        "project = 'p'\n[animations.walk]\nprompt = 'walks'",
        &[
            "2:1: [animations.walk] has no `model`; write `model = \"lamp\", the name of the entry of `[models]` to animate`",
        ],
    );
    let error = Definition::parse("mint.toml".as_ref(), "project = 'p'\n[models.lamp\n").unwrap_err().to_string();
    assert!(error.starts_with("mint.toml:2:13: this is not TOML: "), "{error}");
    let error = Definition::parse("mint.toml".as_ref(), "project = 'p'\nproject = 'q'").unwrap_err().to_string();
    assert!(error.starts_with("mint.toml:2:1: this is not TOML: duplicate key"), "{error}");
}
