"""`python -m ivr.training`: from recordings and voices to the model that is shipped, in one command or step by step."""

from __future__ import annotations

import argparse
from pathlib import Path

from contact_centre.model import LANGUAGES
from ivr.acoustic import digit_ear, lexicon, model_file

STEPS = ("lexicon", "prepare", "learn", "export", "digits", "calibrate", "evaluate")


def main() -> None:
    """Read the command line and do the steps."""
    parser = argparse.ArgumentParser(prog="python -m ivr.training", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"some of {', '.join(STEPS)} (default: all)")
    parser.add_argument("--kiswahili-read", type=Path, help="folder with transcripts.tsv and its 8 kHz FLAC files")
    parser.add_argument("--english-digits", type=Path, help="folder of DIGIT_SPEAKER_N.flac at 8 kHz")
    parser.add_argument("--english-prompts", type=Path, help="Asterisk's English sounds with core-sounds-en.txt")
    parser.add_argument("--kokoro-voices", type=Path, help="folder of Kokoro's voices (the npm package kokoro-js)")
    parser.add_argument("--held-out", nargs="*", metavar="SPEAKER", help="English speakers never trained on, if any")
    parser.add_argument("--labelled", type=Path, help="a directory that `huduma speech export` wrote")
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="where what is made in between is kept")
    parser.add_argument("--minutes", type=float, default=32.0, help="how long to train")
    parser.add_argument("--begin-with", type=Path, metavar="WEIGHTS", help="a model.pt to go on from")
    parser.add_argument("--only", choices=LANGUAGES, help="learn one language alone (default: both)")
    parser.add_argument("--threads", type=int, default=2, help="processor threads for the network")
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    parser.add_argument("--batch-seconds", type=float, default=45.0, help="speech in a batch (s); more with a GPU")
    parser.add_argument("--model", type=Path, default=model_file.SHIPPED, help="the model that is written and measured")
    parser.add_argument("--digit-ear", type=Path, default=digit_ear.SHIPPED, help="the same of the ear for digits")
    given = parser.parse_args()
    steps = given.steps or list(STEPS)
    if unknown := set(steps) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    if "prepare" in steps and not (given.kiswahili_read and given.english_digits):
        parser.error("prepare needs --kiswahili-read and --english-digits")
    for step in (step for step in STEPS if step in steps):
        _do(step, given)


def _do(step: str, given: argparse.Namespace) -> None:
    weights = given.work / "model.pt"
    # each step brings its own imports: evaluating needs no PyTorch
    if step == "lexicon":
        from ivr.training.words import write_lexicon

        print(f"{write_lexicon(lexicon.SHIPPED)} words")
    elif step == "prepare":
        from ivr.training.prepare import HELD_OUT_SPEAKERS, prepare

        prepare(
            *(given.kiswahili_read, given.english_digits, given.work, given.english_prompts),
            labelled=given.labelled,
            kokoro_voices=given.kokoro_voices,
            held_out=HELD_OUT_SPEAKERS if given.held_out is None else given.held_out,
        )
    elif step == "learn":
        import torch

        from ivr.training.learn import learn

        torch.set_num_threads(given.threads)
        learn(
            *(given.work, given.minutes, weights, given.workers, given.batch_seconds),
            begin_with=given.begin_with,
            language=given.only,
        )
    elif step == "export":
        from ivr.training.export import export

        export(weights, given.model)
    elif step == "digits":
        import torch

        from ivr.training.digit_learn import learn_digits
        from ivr.training.digit_network import export_digits

        torch.set_num_threads(given.threads)
        learn_digits(given.work, given.work / "digits.pt", workers=given.workers)
        export_digits(given.work / "digits.pt", given.digit_ear)
    elif step == "calibrate":
        from ivr.training.calibrate import calibrate

        calibrate(given.work, given.model)
    else:
        from ivr.training.evaluate import evaluate

        evaluate(given.work, given.model, given.digit_ear, given.work / "evaluation.csv")


if __name__ == "__main__":
    main()
