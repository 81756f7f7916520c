"""A run of each kind, as training leaves it, with random weights."""

import numpy as np
import pytest

import tf_selfvae as sv
from tests.small import CONFIGS, pictures
from tf_selfvae.files import write_text
from tf_selfvae.json_files import write_json

METRICS = "epoch,bpd,loss,minutes,val_bpd,{}\n0,7.5,7.5,0.5,7.6,{}\n1,6.5,6.4,1.0,6.7,{}\n"


@pytest.fixture(scope="session", params=["vae", "reversible-grey"])
def run(request, tmp_path_factory):
    """A `Run` folder, with "images.npz" as its data."""
    folder = tmp_path_factory.mktemp(request.param)
    model = sv.SelfVAE(CONFIGS[request.param])
    images = pictures(model.config, 120)
    model.data_init(images[:16])
    np.savez(folder / "images.npz", images=images)
    dataset = sv.data.load(
        f"npz:{folder / 'images.npz'}", channels=images.shape[-1], cache_dir=tmp_path_factory.mktemp("cache")
    )
    made = sv.Run(folder / "run")
    made.create(model.config, {"seed": 0, "clock": "cpu"}, dataset)
    model.save(made.model)
    model.compile()
    count = dataset.counts["test"]
    test = dataset.examples("test", count)
    terms = model.evaluate(test, batch_size=count, return_dict=True, verbose=0)
    terms = {name: float(value) for name, value in terms.items() if name != "loss"}
    columns = ",".join(f"{term},val_{term}" for term in model.terms)
    row = ",".join(f"{terms[term]},{terms[term]}" for term in model.terms)
    write_text(made.metrics, METRICS.format(columns, row, row))
    write_json(
        made.results,
        {
            "split": "test",
            "count": count,
            **terms,
            "resize": dataset.resize,
            "parameters": model.count_params(),
            "images_seen": 1234,
            "training_minutes": 1.0,
            "clock": "cpu",
            "hardware": "an abacus",
        },
    )
    return made
