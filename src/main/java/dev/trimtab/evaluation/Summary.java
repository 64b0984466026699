package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Result.Aim;
import dev.trimtab.evaluation.Result.Change;
import dev.trimtab.evaluation.Result.Cost;
import dev.trimtab.evaluation.Result.Scored;
import dev.trimtab.scoring.PhraseCursor;
import dev.trimtab.scoring.Phrases;
import dev.trimtab.steering.Books;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sums up raw figures, each with its interval and its difference from the unsteered upstream. */
final class Summary {
    private static final int NATS = 0;
    private static final int TOKENS = 1;
    private static final int SUPPRESSED = 2;
    private static final int DRIFT = 3;
    private static final int STEPS = 4;

    private final List<Input> inputs;
    private final Phrases unwanted;
    private final Measured base;
    private final Resampling resampling;

    /**
     * @param unwanted phrases that are counted, possibly none
     * @param base the unsteered upstream
     */
    Summary(List<Input> inputs, Phrases unwanted, Measured base, Resampling resampling) {
        this.inputs = inputs;
        this.unwanted = unwanted;
        this.base = base;
        this.resampling = resampling;
    }

    Result of(Measured one) {
        Map<String, Scored> texts = new LinkedHashMap<>();
        for (TextMetric metric : TextMetric.all()) {
            texts.put(metric.name(), scored(one, measured -> metric.counts(beside(measured.outputs())), metric::score));
        }
        return new Result(
                one.contender().name(),
                one.contender().says(),
                aim(one),
                texts,
                negative(one),
                change(one.outputs(), base.outputs()),
                one.outside().isEmpty() ? null : change(one.outside(), base.outside()),
                cost(one.outputs()));
    }

    private interface Rows {
        double[][] of(Measured measured);
    }

    private Scored scored(Measured one, Rows rows, ToDoubleFunction<double[]> score) {
        double[][] own = rows.of(one);
        @Nullable Difference difference = one.equals(base) ? null : resampling.difference(own, rows.of(base), score);
        return new Scored(resampling.interval(own, score), difference);
    }

    private List<Segment> beside(List<Output> outputs) {
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> new Segment(outputs.get(i).text(), inputs.get(i).references()))
                .toList();
    }

    private Aim aim(Measured one) {
        double[][] rows = aimRows(one);
        ToDoubleFunction<double[]> perToken = sums -> ratio(sums[NATS], sums[TOKENS]);
        Scored nats = scored(one, Summary::aimRows, perToken);
        Interval interval = nats.interval();
        Likelihood all = one.likelihoods().stream().reduce(Likelihood.NONE, Likelihood::plus);
        return new Aim(
                nats,
                new Interval(Math.exp(interval.value()), Math.exp(interval.low()), Math.exp(interval.high())),
                all.tokens(),
                all.untold(),
                all.forbidden(),
                all.unscored(),
                resampling.interval(rows, sums -> ratio(sums[SUPPRESSED], sums[STEPS])),
                resampling.interval(rows, sums -> ratio(sums[DRIFT], sums[STEPS])));
    }

    private static double[][] aimRows(Measured one) {
        return one.likelihoods().stream()
                .map(input -> new double[] {
                    input.nats(),
                    input.tokens(),
                    input.suppressed(),
                    input.drift(),
                    (double) input.tokens() + input.forbidden()
                })
                .toArray(double[][]::new);
    }

    /** An answer that failed has no text that could hold anything: it would pass for a clean one. */
    private @Nullable Scored negative(Measured one) {
        List<Integer> own = IntStream.range(0, inputs.size())
                .filter(i -> one.outputs().get(i).failure() == null)
                .boxed()
                .toList();
        if (unwanted.isEmpty() || own.isEmpty()) {
            return null;
        }
        List<Integer> both = own.stream()
                .filter(i -> base.outputs().get(i).failure() == null)
                .toList();
        @Nullable
        Difference difference = one.equals(base) || both.isEmpty()
                ? null
                : resampling.difference(negatives(one, both), negatives(base, both), Summary::mean);
        return new Scored(resampling.interval(negatives(one, own), Summary::mean), difference);
    }

    private double[][] negatives(Measured one, List<Integer> answers) {
        return answers.stream()
                .map(i -> new double[] {holdsUnwanted(one.outputs().get(i).text()) ? 1 : 0, 1})
                .toArray(double[][]::new);
    }

    private boolean holdsUnwanted(String text) {
        PhraseCursor cursor = new PhraseCursor(unwanted, "");
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            if (cursor.read(next)) {
                return true;
            }
        }
        return cursor.end();
    }

    private Change change(List<Output> outputs, List<Output> unsteered) {
        double[][] same = new double[outputs.size()][];
        double[][] replaced = new double[outputs.size()][];
        for (int i = 0; i < same.length; i++) {
            Books books = outputs.get(i).report().books();
            same[i] =
                    new double[] {outputs.get(i).text().equals(unsteered.get(i).text()) ? 1 : 0, 1};
            replaced[i] = new double[] {books.replaced(), books.emitted()};
        }
        List<Segment> segments = IntStream.range(0, same.length)
                .mapToObj(i -> new Segment(
                        outputs.get(i).text(), List.of(unsteered.get(i).text())))
                .toList();
        Map<String, Interval> similarity = new LinkedHashMap<>();
        for (TextMetric metric : List.of(new ChrF(), new RougeL(), Bleu.E2E)) {
            similarity.put(metric.name(), resampling.interval(metric.counts(segments), metric::score));
        }
        return new Change(
                resampling.interval(same, Summary::mean), similarity, resampling.interval(replaced, Summary::mean));
    }

    private static Cost cost(List<Output> all) {
        List<Output> outputs =
                all.stream().filter(output -> output.failure() == null).toList();
        double[] millis = outputs.stream()
                .mapToDouble(output -> output.took().toNanos() / 1e6)
                .sorted()
                .toArray();
        return new Cost(
                outputs.size(),
                mean(outputs, Summary::promptTokens),
                mean(outputs, output -> output.report().books().emitted()),
                mean(outputs, output -> output.report().books().calls()),
                mean(outputs, output -> output.report().books().drafted()),
                mean(outputs, Summary::readTokens),
                quantile(millis, 0.5),
                quantile(millis, 0.95),
                (int) outputs.stream()
                        .filter(output -> output.report().latched() != null)
                        .count(),
                all.size() - outputs.size());
    }

    private static int readTokens(Output output) {
        Books books = output.report().books();
        return promptTokens(output) * (books.calls() + books.endsReread()) + books.resent();
    }

    private static int promptTokens(Output output) {
        return Math.max(0, output.report().promptTokens());
    }

    private static double mean(double[] sums) {
        return ratio(sums[0], sums[1]);
    }

    private static double mean(List<Output> outputs, ToIntFunction<Output> what) {
        return outputs.stream().mapToInt(what).average().orElse(0);
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
