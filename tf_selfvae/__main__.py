"""`python -m tf_selfvae` is `selfvae`."""

from .cli import main

main(prog_name="selfvae")
