"""The parameters of infra/template.yaml and their types, for the scripts in this folder."""

import pathlib
import re

import yaml

INFRA = pathlib.Path(__file__).parents[1] / "infra"


class Loader(yaml.SafeLoader):
    """Ignores CloudFormation's functions; parameters have none."""


Loader.add_multi_constructor("!", lambda loader, tag, node: None)


class Parameter:
    def __init__(self, name, definition):
        self.name = name
        self.description = " ".join(definition["Description"].split())
        self.allowed = definition.get("AllowedValues", [])
        self.pattern = definition.get("AllowedPattern")
        self.range = definition.get("MinValue"), definition.get("MaxValue")
        self.is_list = definition["Type"] == "CommaDelimitedList"
        self.is_number = definition["Type"] == "Number"
        self.is_switch = self.allowed == ["true", "false"]
        self.required = "Default" not in definition
        # As the template has it, and typed.
        self.default_text = None if self.required else str(definition["Default"])
        self.default = self.typed(self.default_text)

    def typed(self, text):
        """A value of the template in the type that Terraform and CDK declare."""
        if text is None:
            return None
        if self.is_list:
            return [each for each in text.split(",") if each]
        if self.is_switch:
            return text == "true"
        return int(text) if self.is_number else text

    def type(self, text, number, switch, texts):
        return texts if self.is_list else switch if self.is_switch else number if self.is_number else text


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def read():
    """All parameters, in the order of the template."""
    template = yaml.load((INFRA / "template.yaml").read_text(), Loader)
    return [Parameter(*item) for item in template["Parameters"].items()]
