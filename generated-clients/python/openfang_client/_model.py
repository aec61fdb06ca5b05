"""Base of the generated models."""

from __future__ import annotations

from typing import Any, Literal, get_origin

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    model_config = ConfigDict(populate_by_name=True, protected_namespaces=(), use_attribute_docstrings=True)

    def model_post_init(self, _context: Any) -> None:
        # A tag such as `type: Literal["text"] = "text"` counts as set, so that `exclude_unset` keeps it.
        for name, field in type(self).model_fields.items():
            if get_origin(field.annotation) is Literal and field.default is not None and not field.is_required():
                self.__pydantic_fields_set__.add(name)
