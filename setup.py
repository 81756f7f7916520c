"""Installs tf_selfvae; the requirements, with their reasons, are in requirements/run.in."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent


def requirements():
    lines = (HERE / "requirements" / "run.in").read_text().splitlines()
    lines = [line.split("#")[0].strip() for line in lines]
    return [line for line in lines if line]


setup(
    name="tf_selfvae",
    version="0.1.0",
    description="Self-supervised variational auto-encoders in TensorFlow, Keras 3 and TFP",
    long_description=(HERE / "README.md").read_text() if (HERE / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    python_requires=">=3.11,<3.12",
    packages=find_packages(include=["tf_selfvae", "tf_selfvae.*"]),
    package_data={"tf_selfvae.evaluation": ["report.html"], "tf_selfvae.export": ["page/*"]},
    install_requires=requirements(),
    entry_points={"console_scripts": ["selfvae=tf_selfvae.cli:main"]},
)
