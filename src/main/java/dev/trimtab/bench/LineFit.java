package dev.trimtab.bench;

import java.util.List;

/** The straight line with the least squares through some points. */
final class LineFit {
    /** One measurement. */
    record Point(double x, double y) {}

    private LineFit() {}

    /** Its rise per unit of x; not a number for fewer than two places. */
    static double slope(List<Point> points) {
        double meanX = points.stream().mapToDouble(Point::x).average().orElse(0);
        double meanY = points.stream().mapToDouble(Point::y).average().orElse(0);
        double together = points.stream()
                .mapToDouble(point -> (point.x - meanX) * (point.y - meanY))
                .sum();
        double spread = points.stream()
                .mapToDouble(point -> (point.x - meanX) * (point.x - meanX))
                .sum();
        return together / spread;
    }
}
