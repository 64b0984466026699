package dev.trimtab.openai;

import java.util.List;

/** The words in which tables of shapes are written. */
final class Shapes {
    static final Shape STRING = new Shape.Text(Integer.MAX_VALUE);
    static final Shape BOOLEAN = new Shape.Flag();

    private Shapes() {}

    static Shape text(int max) {
        return new Shape.Text(max);
    }

    static Shape integer(long min, long max) {
        return new Shape.Whole(min, max);
    }

    static Shape decimal(long min, long max) {
        return new Shape.Decimal(min, max);
    }

    static Shape oneOf(String... values) {
        return new Shape.OneOf(List.of(values));
    }

    static Shape listOf(Shape element) {
        return new ListOf(element, 0, Integer.MAX_VALUE);
    }

    /** A list with at least one element. */
    static Shape someOf(Shape element, int max) {
        return new ListOf(element, 1, max);
    }

    static Shape either(Shape... shapes) {
        return new Either(List.of(shapes));
    }

    static Fields with(String name, Shape shape) {
        return Fields.NONE.with(name, shape);
    }
}
