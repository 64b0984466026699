package dev.trimtab.steering;

import dev.trimtab.openai.ApiException;
import dev.trimtab.token.Candidates;
import dev.trimtab.token.Step;
import dev.trimtab.token.Token;
import dev.trimtab.upstream.DraftEvent;
import dev.trimtab.upstream.DraftEvent.Drawn;
import dev.trimtab.upstream.Drafter;
import dev.trimtab.upstream.Drafter.NumberedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Has the upstream write whole drafts: all in one call, and what is missing then in calls of their own, side by side, from
 * an upstream that ignores or refuses {@code n}. Drafts come in the order in which they were asked for, not in which they
 * end: short ones would else be preferred.
 */
final class DraftGathering {
    private final SessionPlan plan;
    private final Drafter drafter;
    private final Tally tally;
    private boolean one;
    private int promptTokens = -1;

    /** @param tally counts what arrives, when it does */
    DraftGathering(SessionPlan plan, Drafter drafter, Tally tally) {
        this.plan = plan;
        this.drafter = drafter;
        this.tally = tally;
    }

    /** The prompt's tokens, or −1 where the upstream has not told. */
    int promptTokens() {
        return drafter.promptTokens() > 0 ? drafter.promptTokens() : promptTokens;
    }

    /** So many drafts, fewer only where the limit of calls is reached. */
    Mono<List<Draft>> gather(int count) {
        Mono<List<Draft>> together = one ? Mono.just(List.of()) : together(count);
        return together.flatMap(first -> {
            int missing = Math.min(count - first.size(), plan.policy().limits().calls() - tally.calls);
            one = one || first.size() < count;
            return missing <= 0
                    ? Mono.just(first.subList(0, Math.min(count, first.size())))
                    : apart(missing).map(rest -> {
                        List<Draft> all = new ArrayList<>(first);
                        all.addAll(rest);
                        return all;
                    });
        });
    }

    /** None where the upstream refuses to write several. */
    private Mono<List<Draft>> together(int count) {
        return collected(drafter.drafts(count, plan.wholeOptions(tally.calls++)))
                .onErrorResume(failure -> count > 1 && isRefusal(failure) ? Mono.just(List.of()) : Mono.error(failure));
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ApiException known
                && known.refusesTheAsk()
                && (known.status() == 400 || known.status() == 422);
    }

    private Mono<List<Draft>> apart(int count) {
        int first = tally.calls;
        tally.calls += count;
        return collected(Flux.range(0, count)
                .flatMap(
                        draft -> drafter.drafts(1, plan.wholeOptions(first + draft))
                                .map(event -> new NumberedEvent(draft, event.event())),
                        count));
    }

    private Mono<List<Draft>> collected(Flux<NumberedEvent> events) {
        return events.doOnNext(one -> arrived(one.event()))
                .collect(TreeMap<Integer, List<DraftEvent>>::new, DraftGathering::add)
                .map(this::drafts);
    }

    private void arrived(DraftEvent event) {
        if (event instanceof Drawn) {
            tally.drafted++;
        } else if (event instanceof DraftEvent.Counted counted && promptTokens < 0) {
            promptTokens = counted.usage().promptTokens();
        }
    }

    private static void add(Map<Integer, List<DraftEvent>> drafts, NumberedEvent one) {
        if (!(one.event() instanceof DraftEvent.Counted)) {
            drafts.computeIfAbsent(one.draft(), draft -> new ArrayList<>()).add(one.event());
        }
    }

    private List<Draft> drafts(Map<Integer, List<DraftEvent>> events) {
        return events.values().stream().map(this::draft).toList();
    }

    private Draft draft(List<DraftEvent> events) {
        List<Drawn> drawn = new ArrayList<>();
        String reason = "stop";
        for (DraftEvent event : events) {
            if (event instanceof Drawn token) {
                drawn.add(token);
            } else if (event instanceof DraftEvent.Finished finished) {
                reason = finished.reason();
            }
        }
        boolean shown =
                !drawn.isEmpty() && drawn.get(drawn.size() - 1).step().drawn().isEnd();
        if ("stop".equals(reason) && !shown) {
            tally.drafted++;
            drawn.add(new Drawn(new Step(Token.END, Double.NaN, Candidates.NONE), false));
        }
        return new Draft(drawn, reason);
    }
}
