package dev.trimtab.evaluation;

import dev.trimtab.evaluation.Result.Change;
import dev.trimtab.evaluation.Result.Cost;
import dev.trimtab.evaluation.Result.Scored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An evaluation as tables, one row a contender. */
final class Grids {
    private final Evaluation evaluation;

    private Grids(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    static List<Grid> of(Evaluation evaluation) {
        Grids grids = new Grids(evaluation);
        List<Grid> all = new ArrayList<>(List.of(grids.aim(), grids.texts(), grids.change()));
        if (evaluation.unsteered().outside() != null) {
            all.add(grids.outside());
        }
        all.add(grids.cost());
        return all;
    }

    private Grid grid(String title, String says, List<String> columns, Function<Result, List<String>> cells) {
        List<String> header = new ArrayList<>(List.of(""));
        header.addAll(columns);
        List<List<String>> rows = new ArrayList<>();
        for (Result result : evaluation.results()) {
            List<String> row = new ArrayList<>(List.of(result.name()));
            row.addAll(cells.apply(result));
            rows.add(row);
        }
        return new Grid(title, says, header, rows);
    }

    private Grid aim() {
        return grid(
                "How likely the wanted answers are",
                "Nats per token (less is likelier) of the wanted answers under the law that is served, read off the"
                        + " upstream's own probabilities along them. “Do not stand”: the chance that a drafted token is"
                        + " replaced or asked again.",
                List.of("nats/token", "difference", "p", "perplexity", "do not stand", "drift, nats", "what it is"),
                result -> List.of(
                        Figures.interval(result.aim().natsPerToken().interval(), 3),
                        difference(result.aim().natsPerToken(), 3),
                        pValue(result.aim().natsPerToken()),
                        Figures.interval(result.aim().perplexity(), 2),
                        Figures.percent(result.aim().suppressed()),
                        Figures.number(result.aim().drift().value(), 3),
                        result.says()));
    }

    private Grid texts() {
        List<String> columns = new ArrayList<>(evaluation.unsteered().texts().keySet());
        boolean counted = evaluation.results().stream().anyMatch(result -> result.negative() != null);
        if (counted) {
            columns.add("unwanted phrases");
        }
        return grid(
                "How near what is written is to the wanted answers",
                "One answer a prompt, all its wanted answers as references; more is nearer. A star: differs from the"
                        + " unsteered model at p < 0.05.",
                columns,
                result -> {
                    List<String> cells = new ArrayList<>();
                    result.texts().forEach((name, scored) -> cells.add(scored(scored, name)));
                    if (counted) {
                        cells.add(share(result.negative()));
                    }
                    return cells;
                });
    }

    private static String share(@Nullable Scored scored) {
        return scored == null ? "" : Figures.percent(scored.interval());
    }

    private static String scored(Scored scored, String metric) {
        boolean percents = metric.equals("chrF2") || metric.equals("sacreBLEU");
        Difference difference = scored.difference();
        String star = difference != null && difference.pValue() < 0.05 ? " *" : "";
        return Figures.interval(scored.interval(), percents ? 1 : 3) + star;
    }

    private Grid change() {
        return changes(
                "What else has changed",
                "What is written beside what the unsteered model writes on the same prompts: the share of answers that are"
                        + " the same, and how near the others are.",
                Result::change);
    }

    private Grid outside() {
        return changes(
                "On prompts outside the aim",
                "The same on prompts that the policy is not meant for; here no change is best.",
                result -> Objects.requireNonNull(result.outside()));
    }

    private Grid changes(String title, String says, Function<Result, Change> change) {
        List<String> columns = new ArrayList<>(List.of("same answers", "replaced tokens"));
        columns.addAll(evaluation.unsteered().change().similarity().keySet());
        return grid(title, says, columns, result -> {
            Change one = change.apply(result);
            List<String> cells = new ArrayList<>(List.of(Figures.percent(one.same()), Figures.percent(one.replaced())));
            for (Map.Entry<String, Interval> entry : one.similarity().entrySet()) {
                cells.add(Figures.interval(entry.getValue(), entry.getKey().equals("chrF2") ? 1 : 3));
            }
            return cells;
        });
    }

    private Grid cost() {
        return grid(
                "What it takes",
                "Means an answer; times are of answers written one after another by turns on this machine. Billed are the"
                        + " drafted tokens and, for each call, the prompt with what was written before it.",
                List.of(
                        "calls",
                        "drafted tokens",
                        "emitted tokens",
                        "prompt tokens",
                        "tokens read over all calls",
                        "median time",
                        "95 % below",
                        "latched",
                        "failed"),
                result -> cells(result.cost()));
    }

    private static List<String> cells(Cost cost) {
        return List.of(
                Figures.number(cost.calls(), 1),
                Figures.number(cost.drafted(), 1),
                Figures.number(cost.tokens(), 1),
                Figures.number(cost.promptTokens(), 1),
                Figures.number(cost.readTokens(), 1),
                Figures.number(cost.medianMillis(), 0) + " ms",
                Figures.number(cost.slowMillis(), 0) + " ms",
                String.valueOf(cost.latched()),
                String.valueOf(cost.failed()));
    }

    private static String difference(Scored scored, int digits) {
        @Nullable Difference difference = scored.difference();
        return difference == null ? "" : Figures.interval(difference.interval(), digits);
    }

    private static String pValue(Scored scored) {
        @Nullable Difference difference = scored.difference();
        return difference == null ? "" : Figures.pValue(difference.pValue());
    }
}
