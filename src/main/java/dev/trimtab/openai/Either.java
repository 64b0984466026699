package dev.trimtab.openai;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A value that may be of several types; between lists the first element decides. */
record Either(List<Shape> shapes) implements Shape {
    @Override
    public String noun() {
        return shapes.stream().map(Shape::noun).collect(Collectors.joining(" or "));
    }

    @Override
    public String expected() {
        String last = shapes.get(shapes.size() - 1).noun();
        String most = shapes.stream().limit(shapes.size() - 1L).map(Shape::noun).collect(Collectors.joining(", "));
        return "one of a " + most + (shapes.size() > 2 ? ", or " : " or ") + last;
    }

    @Override
    public boolean fits(JsonNode value) {
        return shapes.stream().anyMatch(shape -> shape.fits(value));
    }

    @Override
    public void checkInside(String path, JsonNode value) {
        List<Shape> fitting = shapes.stream().filter(shape -> shape.fits(value)).toList();
        fitting.stream()
                .filter(shape -> !(shape instanceof ListOf list) || list.startsLike(value))
                .findFirst()
                .orElse(fitting.get(0))
                .checkInside(path, value);
    }
}
