"""Which files are taken: names of every kind, links, folders, lists and globs."""

import os

import pytest

from pictures import assert_whole_png, load, photo, save

SCALE = ("--scale", "50%")


def taken(lab, *sources, **options):
    """Resizes the sources to 50 % and gives back the names of the renditions."""
    lab.run("resize", *sources, "-o", "out", *SCALE, **options)
    for name in lab.outputs():
        assert_whole_png(lab.out / name)
    return lab.outputs()


def test_a_folder_with_spaces_and_newlines_is_resized(lab):
    for name in [
        "my summer.jpg",
        "two\nlines.jpg",
        "tab\tand 'quotes\".png",
        "dir with space/é ü 漢.jpg",
        "back\\slash.jpg",
    ]:
        save(photo(20, 10), lab.photos / name)
    assert taken(lab, "photos") == sorted(
        [
            "my summer-50.png",
            "two\nlines-50.png",
            "tab\tand 'quotes\"-50.png",
            "dir with space/é ü 漢-50.png",
            "back\\slash-50.png",
        ]
    )


def test_names_that_are_not_utf8_keep_their_bytes(lab):
    name = os.fsdecode(b"caf\xe9 \xff\xfe.jpg")
    save(photo(20, 10), lab.photos / name)
    assert taken(lab, "photos") == [os.fsdecode(b"caf\xe9 \xff\xfe-50.png")]
    lab.run("resize", lab.photos / name, "-o", "out", "--scale", "60%")
    assert os.fsdecode(b"caf\xe9 \xff\xfe-60.png") in lab.outputs()


def test_names_that_begin_with_a_dash_are_no_flags_in_a_folder_or_behind_two_dashes(lab):
    save(photo(20, 10), lab.photos / "-o.jpg")
    assert taken(lab, "photos") == ["-o-50.png"]
    lab.run("resize", "--scale", "60%", "-o", "../out", "--", "-o.jpg", cwd=lab.photos)
    assert lab.outputs() == ["-o-50.png", "-o-60.png"]


def test_a_folder_named_like_a_photo_is_walked_as_a_folder(lab):
    save(photo(20, 10), lab.photos / "x.jpg" / "inner.jpg")
    assert taken(lab, "photos") == ["x.jpg/inner-50.png"]
    assert taken(lab, "photos/x.jpg") == ["inner-50.png", "x.jpg/inner-50.png"]


def test_an_empty_folder_named_like_a_photo_does_not_disturb_its_neighbours(lab):
    (lab.photos / "x.jpg").mkdir()
    save(photo(20, 10), lab.photos / "y.jpg")
    assert taken(lab, "photos") == ["y-50.png"]


def test_folders_are_walked_to_the_bottom_and_mirrored(lab):
    for name in ["top.jpg", "a/one.jpg", "a/b/two.jpg", "a/b/c/d/three.png"]:
        save(photo(20, 10), lab.photos / name)
    assert taken(lab, "photos/") == ["a/b/c/d/three-50.png", "a/b/two-50.png", "a/one-50.png", "top-50.png"]


def test_several_folders_and_files_go_into_one_output(lab):
    save(photo(20, 10), lab.photos / "deep" / "a.jpg")
    save(photo(20, 10), lab.root / "more" / "b.jpg")
    save(photo(20, 10), lab.root / "single.jpg")
    assert taken(lab, "photos", "more", "single.jpg") == ["b-50.png", "deep/a-50.png", "single-50.png"]


def test_the_current_folder_can_be_the_source(lab):
    save(photo(20, 10), lab.photos / "sub" / "a.jpg")
    lab.run("resize", ".", "-o", "../out", *SCALE, cwd=lab.photos)
    assert lab.outputs() == ["sub/a-50.png"]


def test_linked_files_are_followed_and_linked_folders_are_not(lab):
    save(photo(20, 10), lab.root / "elsewhere" / "real.jpg")
    (lab.photos / "link.jpg").symlink_to("../elsewhere/real.jpg")
    (lab.photos / "folder").symlink_to("../elsewhere")
    (lab.photos / "loop").symlink_to(".")
    assert taken(lab, "photos") == ["link-50.png"]


def test_a_linked_folder_that_is_named_is_walked(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    (lab.root / "link").symlink_to("photos")
    assert taken(lab, "link") == ["a-50.png"]


def test_a_link_that_leads_nowhere_does_not_stop_the_others(lab):
    (lab.photos / "nowhere.jpg").symlink_to("missing.jpg")
    (lab.photos / "circle.jpg").symlink_to("circle.jpg")
    save(photo(20, 10), lab.photos / "good.jpg")
    outcome = lab.resize(*SCALE, status=1)
    assert lab.outputs() == ["good-50.png"]
    outcome.error_for("photos/nowhere.jpg")
    outcome.error_for("photos/circle.jpg")


def test_hidden_files_and_folders_are_skipped_unless_named(lab):
    for name in [".hidden.jpg", ".trash/old.jpg", "seen.jpg", "sub/.hidden.png"]:
        save(photo(20, 10), lab.photos / name)
    assert taken(lab, "photos") == ["seen-50.png"]
    assert taken(lab, "photos/.hidden.jpg") == [".hidden-50.png", "seen-50.png"]


def test_endings_count_in_any_case_and_other_files_are_not_taken(lab):
    for name in ["a.JPG", "b.JpEg", "c.PNG", "d.jpeg"]:
        save(photo(20, 10), lab.photos / name)
    for name in ["readme.txt", "e.jpg.bak", "jpg", "f.gif", "g.png~"]:
        (lab.photos / name).write_text("no picture")
    assert taken(lab, "photos") == ["a-50.png", "b-50.png", "c-50.png", "d-50.png"]


def test_the_content_decides_the_format_and_not_the_ending(lab):
    save(photo(20, 10), lab.photos / "really.png").rename(lab.photos / "claims.jpg")
    save(photo(20, 10), lab.photos / "really.jpg").rename(lab.photos / "other.png")
    assert taken(lab, "photos") == ["claims-50.png", "other-50.png"]


def test_a_file_that_is_named_is_taken_whatever_its_name(lab):
    save(photo(20, 10), lab.photos / "scan")
    save(photo(20, 10), lab.photos / "export.data")
    assert taken(lab, "photos/scan", "photos/export.data") == ["export-50.png", "scan-50.png"]


@pytest.mark.parametrize("separator", ["\n", "\0", "\r\n"], ids=["newline", "NUL", "CRLF"])
def test_a_list_names_one_source_a_piece(lab, separator):
    save(photo(20, 10), lab.photos / "a b.jpg")
    save(photo(20, 10), lab.photos / "c.jpg")
    save(photo(20, 10), lab.root / "folder" / "d.jpg")
    (lab.root / "list.txt").write_bytes(
        separator.join(["photos/a b.jpg", "photos/c.jpg", "folder", ""]).encode()
    )
    assert taken(lab, "@list.txt") == ["a b-50.png", "c-50.png", "d-50.png"]


def test_a_list_may_end_without_a_separator_and_have_empty_lines(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    save(photo(20, 10), lab.photos / "b.jpg")
    (lab.root / "list.txt").write_text("photos/a.jpg\n\n\nphotos/b.jpg")
    assert taken(lab, "@list.txt") == ["a-50.png", "b-50.png"]


def test_a_list_separated_by_nul_may_name_files_with_newlines_and_odd_bytes(lab):
    odd = os.fsdecode(b"x\n\xe9.jpg")
    save(photo(20, 10), lab.photos / odd)
    (lab.root / "list.txt").write_bytes(b"photos/x\n\xe9.jpg\0")
    assert taken(lab, "@list.txt") == [os.fsdecode(b"x\n\xe9-50.png")]


def test_a_missing_or_empty_list_is_an_error(lab):
    assert "missing.txt" in lab.run("resize", "@missing.txt", "-o", "out", status=2).stderr
    (lab.root / "empty.txt").write_text("")
    assert lab.run("resize", "@empty.txt", "-o", "out", status=2).stderr != ""
    assert not lab.out.exists()


def test_a_file_whose_name_begins_with_an_at_sign_is_reached_by_its_path(lab):
    save(photo(20, 10), lab.photos / "@home.jpg")
    assert taken(lab, "./photos/@home.jpg") == ["@home-50.png"]


def test_a_quoted_glob_is_expanded(lab):
    for name in ["a1.jpg", "a2.jpg", "b1.jpg", "a3.txt"]:
        save(photo(20, 10), lab.photos / name)
    assert taken(lab, "photos/a?.jpg") == ["a1-50.png", "a2-50.png"]
    assert taken(lab, "photos/[b]*.jpg") == ["a1-50.png", "a2-50.png", "b1-50.png"]


def test_a_name_with_the_signs_of_a_glob_is_taken_as_it_stands_where_it_exists(lab):
    save(photo(20, 10), lab.photos / "shot[1]*.jpg")
    save(photo(20, 10), lab.photos / "shot1x.jpg")
    assert taken(lab, "photos/shot[1]*.jpg") == ["shot[1]*-50.png"]


def test_a_glob_that_matches_nothing_is_an_error_that_shows_it(lab):
    outcome = lab.run("resize", "photos/*.jpg", "-o", "out", status=2)
    assert "photos/*.jpg" in outcome.stderr
    assert not lab.out.exists()


def test_a_missing_source_among_others_is_named_and_the_rest_is_done(photos):
    outcome = photos.run(
        "resize", "photos/beach.jpg", "photos/gone.jpg", "photos/city.png", "-o", "out", *SCALE, status=1
    )
    assert outcome.error_for("photos/gone.jpg")
    assert photos.outputs() == ["beach-50.png", "city-50.png"]


def test_where_every_source_is_missing_nothing_is_started(lab):
    outcome = lab.run("resize", "gone", "lost.jpg", "-o", "out", status=2)
    assert "gone" in outcome.stderr and "lost.jpg" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 2
    assert not lab.out.exists()


def test_an_empty_folder_is_said_to_have_no_sources(lab):
    outcome = lab.resize(status=2)
    assert "photos" in outcome.stderr
    assert len(outcome.stderr.splitlines()) <= 2
    assert not lab.out.exists()


def test_a_pipe_in_a_folder_is_not_waited_for(lab):
    os.mkfifo(lab.photos / "pipe.jpg")
    save(photo(20, 10), lab.photos / "good.jpg")
    lab.resize(*SCALE, status=(0, 1))
    assert lab.outputs() == ["good-50.png"]


def test_a_pipe_or_device_that_is_named_is_refused_and_not_waited_for(lab):
    os.mkfifo(lab.photos / "pipe.jpg")
    save(photo(20, 10), lab.photos / "good.jpg")
    outcome = lab.run(
        "resize", "photos/pipe.jpg", "/dev/zero", "photos/good.jpg", "-o", "out", *SCALE, status=1
    )
    outcome.error_for("photos/pipe.jpg")
    outcome.error_for("/dev/zero")
    assert lab.outputs() == ["good-50.png"]


def test_a_file_of_proc_that_claims_to_be_empty_fails_alone(lab):
    (lab.photos / "memory.jpg").symlink_to("/proc/self/mem")
    save(photo(20, 10), lab.photos / "good.jpg")
    lab.resize(*SCALE, status=1).error_for("photos/memory.jpg")
    assert lab.outputs() == ["good-50.png"]


def test_the_output_folder_inside_the_source_is_no_source(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    inside = lab.photos / "small"
    for _ in range(2):
        lab.run("resize", "photos", "-o", "photos/small", *SCALE, "--on-exists", "skip", writes=[inside])
        assert lab.outputs(inside) == ["a-50.png"]


def test_the_output_folder_inside_the_source_is_known_by_any_of_its_names(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    inside = lab.photos / "small"
    inside.mkdir()
    (lab.root / "link").symlink_to("photos/small")
    for name in ["link", "./photos/../photos/small/", inside]:
        lab.run("resize", "photos", "-o", name, *SCALE, "--on-exists", "skip", writes=[inside])
        assert lab.outputs(inside) == ["a-50.png"]


def test_resizing_a_folder_into_itself_never_loses_or_multiplies_a_file(lab):
    original = save(photo(20, 10), lab.photos / "a.jpg").read_bytes()
    for _ in range(2):
        lab.run(
            "resize",
            "photos",
            "-o",
            "photos",
            *SCALE,
            "--on-exists",
            "skip",
            status=(0, 2),
            writes=[lab.photos]
        )
        assert (lab.photos / "a.jpg").read_bytes() == original
        assert lab.outputs(lab.photos) in (["a.jpg"], ["a-50.png", "a.jpg"])


def test_that_the_output_folder_is_the_source_is_said_in_one_line(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    outcome = lab.run("resize", "photos", "-o", "photos", *SCALE, status=2)
    assert "it is the output folder as well" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1


def test_the_same_photo_under_two_names_of_one_folder_is_done_twice(lab):
    save(photo(20, 10), lab.photos / "a.jpg")
    os.link(lab.photos / "a.jpg", lab.photos / "b.jpg")
    assert taken(lab, "photos") == ["a-50.png", "b-50.png"]
    assert load(lab.out / "a-50.png").tobytes() == load(lab.out / "b-50.png").tobytes()
