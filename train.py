"""The main job: train a small selfVAE on photographs that come with a dependency."""

import sys

from tf_selfvae.cli.app import main

if __name__ == "__main__":
    main(["train", "--preset", "downscale4-64-small", "--data", "photos64", *sys.argv[1:]])
