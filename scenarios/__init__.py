"""The bundled scenarios: one YAML file each, found by name (`flashcrowd scenarios`)."""
