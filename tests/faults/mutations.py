"""Changes of the program that each break one promise, and the test that then fails."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """In *file* the only *old* becomes *new*; then *test* fails."""

    promise: str
    file: str
    old: str
    new: str
    test: str


MUTATIONS = (
    Mutation(
        "what is said to be saved is saved (journal without commit)",
        "project/writer.py",
        'connection.execute("RELEASE step" if inner else "COMMIT")',
        'connection.execute("RELEASE step" if inner else "PRAGMA user_version")',
        "faults/test_kill.py::test_no_acknowledged_event_is_lost",
    ),
    Mutation(
        "it outlives a power cut (no fsync of the database)",
        "project/database.py",
        '"synchronous = EXTRA"',
        '"synchronous = OFF"',
        "faults/test_power_cut.py::test_nothing_acknowledged_is_lost_in_a_power_cut",
    ),
    Mutation(
        "a file is the old one or the new one (no fsync before the rename)",
        "files.py",
        "os.fsync(stream.fileno())",
        "stream.fileno()",
        "faults/test_power_cut.py::test_nothing_acknowledged_is_lost_in_a_power_cut",
    ),
    Mutation(
        "a write that fails leaves no rest",
        "files.py",
        "os.unlink(temporary)",
        "pass",
        "faults/test_failing_disk.py::test_a_job_that_cannot_write_says_so_and_works_later",
    ),
    Mutation(
        "a run that was killed goes on to the same weights",
        "training/loop.py",
        "self.optimiser.state[like][key] = tensor",
        "pass",
        "faults/test_kill.py::test_a_run_that_is_killed_goes_on_to_the_same_weights",
    ),
    Mutation(
        "a flipped bit of the journal is noticed",
        "project/journal.py",
        "return bool(hash_of(row[:-1]) == row[-1])",
        "return True",
        "faults/test_bit_rot.py::test_a_flipped_bit_of_the_database_is_noticed_and_mended",
    ),
    Mutation(
        "a flipped bit of statistics is noticed",
        "scoring/sealed_arrays.py",
        "if not known and sealed != _digest(arrays, metadata):",
        "if False:",
        "faults/test_bit_rot.py::test_a_flipped_bit_of_a_run_is_noticed_or_harmless",
    ),
    Mutation(
        "a flipped bit of a bundle is noticed",
        "export/bundle.py",
        "if hashlib.sha256(unsealed).hexdigest().encode() != data[-_SEAL_DIGITS:]:",
        "if False:",
        "export/test_bundle.py::test_that_any_changed_byte_is_refused",
    ),
    Mutation(
        "no huge picture is decoded (no header check)",
        "imaging/load.py",
        "too_large = width * height > limit_px",
        "too_large = False",
        "imaging/test_load.py::test_a_huge_picture_is_refused_by_its_header_before_any_decode",
    ),
    Mutation(
        "no picture that is cut short is taken",
        "imaging/load.py",
        'if header.format == "TIFF" and not _has_whole_directory(data):',
        "if False:",
        "faults/test_fuzzing.py::test_no_picture_that_is_cut_off_anywhere_is_taken",
    ),
    Mutation(
        "what two decoders read differently is refused (one decoder alone)",
        "imaging/load.py",
        "second = _decode_with_pillow(data, name) if verify or alpha_in_tiff else None",
        "second = _decode_with_pillow(data, name) if alpha_in_tiff else None",
        "imaging/test_load.py::test_a_decode_that_the_two_decoders_disagree_about_is_refused",
    ),
    Mutation(
        "a file that crashes the decoder costs that file alone",
        "jobs/import_images.py",
        "    except InputError as problem:\n        return _Read(candidate, None, problem)",
        "    except KeyError as problem:\n        return _Read(candidate, None, problem)",
        "jobs/test_import_images.py::test_a_file_that_crashes_the_decoder_is_refused_and_the_rest_goes_in",
    ),
    Mutation(
        "a second window changes nothing",
        "project/writer.py",
        "if self._read_only:",
        "if False:",
        "ui/test_second_window.py::test_it_opens_for_reading_and_says_who_holds_it",
    ),
    Mutation(
        "a read that hangs is given up",
        "imaging/unreachable.py",
        "answer = answers.get(timeout=SILENCE_S)",
        "answer = answers.get()",
        "imaging/test_unreachable.py::test_a_read_that_hangs_is_given_up_and_works_later",
    ),
    Mutation(
        "a bundle unpacks nothing (extractall)",
        "export/bundle.py",
        "        listed = archive.infolist()\n",
        "        archive.extractall(name + '-unpacked')\n        listed = archive.infolist()\n",
        "faults/test_hostile.py::test_names_that_are_not_a_bundles_are_refused",
    ),
    Mutation(
        "a zip bomb is refused",
        "export/bundle.py",
        "if any(e.compress_type != zipfile.ZIP_STORED or e.file_size != e.compress_size for e in listed):",
        "if False:",
        "faults/test_hostile.py::test_a_zip_bomb_is_refused_before_it_is_unpacked",
    ),
    Mutation(
        "nothing is unpickled",
        "training/checkpoint.py",
        "    try:\n        with safe_open(path",
        "    try:\n        __import__('pickle').load(open(path, 'rb'))\n        with safe_open(path",
        "faults/test_hostile.py::test_a_pickle_is_never_run",
    ),
    Mutation(
        "what a project of somebody else links to is not written",
        "project/database.py",
        "if path.is_symlink():",
        "if False:",
        "faults/test_hostile.py::test_a_link_out_of_a_project_is_refused",
    ),
    Mutation(
        "one writer a project",
        "project/lock.py",
        "fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "pass",
        "project/test_lock.py::test_a_second_writer_is_refused_and_told_who_holds_it",
    ),
    Mutation(
        "a job is stopped between two steps, never ended by force (terminate)",
        "ui/workers.py",
        "        self._thread.quit()\n        self._thread.wait()\n",
        "        self._thread.terminate()\n        self._thread.wait()\n",
        "ui/test_workers.py::test_stop_waits_for_the_job_and_announces_nothing",
    ),
    Mutation(
        "a fault is said and survived",
        "ui/faults.py",
        "sys.excepthook = self._take",
        "pass",
        "ui/test_app.py::test_a_fault_in_a_slot_is_said_in_a_dialog_and_logged_and_the_window_goes_on",
    ),
)
