"""`python -m tf_selfvae` is `selfvae`."""

from .cli.app import main

main(prog_name="selfvae")
