"""What pyproject.toml cannot say: the wheel carries app.py and the settings beside each other, in explorer/start."""

from setuptools import find_namespace_packages, setup

setup(
    script_name="setup.py",  # so that this file stays out of explorer/start
    packages=[*find_namespace_packages(include=["explorer*"], exclude=["*__pycache__*"]), "explorer.start"],
    # Streamlit takes the settings and the theme of the folder that its script lies in, wherever it is started
    package_dir={"explorer.start": "."},
    package_data={"explorer": ["**/*"], "explorer.start": [".streamlit/config.toml"]},
    exclude_package_data={"": ["*.py[cod]"]},
)
