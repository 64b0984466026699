package dev.trimtab.policy;

import dev.trimtab.model.OnnxModel.Accelerator;
import dev.trimtab.scoring.Scorer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The policies that are being served, one per folder, read again when their files change.
 *
 * <p>A folder that cannot be served is one log line and never replaces the version before it. Finding never blocks and
 * sees each policy whole, old or new.
 */
public final class PolicyCatalogue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyCatalogue.class);
    private static final Duration POLL = Duration.ofSeconds(2);

    /** How long a version that was replaced stays usable for requests that found it before. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final Path root;
    private final PolicyLoader loader;
    private final PolicyMeters meters;
    private final Scheduler scheduler;
    private final Map<String, String> fingerprints = new HashMap<>();
    /** Policies that were refused because of what another serves. */
    private final Set<String> waiting = new HashSet<>();

    private volatile Map<String, Policy> policies = Map.of();
    /** Null until the first reading is done. */
    private @Nullable Disposable polling;

    private PolicyCatalogue(Path root, PolicyLoader loader, Scheduler scheduler, MeterRegistry registry) {
        this.root = root;
        this.loader = loader;
        this.meters = new PolicyMeters(registry);
        this.scheduler = scheduler;
        meters.showLoaded(this::all);
    }

    /**
     * Reads all policies and watches for changes until closed.
     *
     * @param root the folder of the policies' folders; need not exist
     * @param upstreams the names of the upstreams that are configured
     * @param accelerator where scorers run
     * @param scoring the scheduler that scorers run on
     * @param reading the scheduler that folders are read on, which blocks
     */
    public static PolicyCatalogue open(
            Path root,
            Set<String> upstreams,
            Accelerator accelerator,
            Scheduler scoring,
            Scheduler reading,
            MeterRegistry registry) {
        PolicyLoader loader = new PolicyLoader(
                upstreams, (model, tokenizer) -> Scorer.plugin(model, tokenizer, accelerator, scoring, registry));
        return open(root, loader, reading, registry);
    }

    static PolicyCatalogue open(Path root, PolicyLoader loader, Scheduler reading, MeterRegistry registry) {
        PolicyCatalogue catalogue = new PolicyCatalogue(root, loader, reading, registry);
        catalogue.reload();
        catalogue.watch();
        return catalogue;
    }

    /**
     * Reads one policy that is not served; it is the caller's to close.
     *
     * @param upstreams the names of the upstreams that it may be made for
     * @throws IllegalArgumentException with everything that is wrong with it
     */
    public static Policy read(
            Path folder, Set<String> upstreams, Accelerator accelerator, Scheduler scoring, MeterRegistry registry)
            throws IOException {
        PolicyFolder read = new PolicyFolder(folder);
        PolicyLoader loader = new PolicyLoader(
                upstreams, (model, tokenizer) -> Scorer.plugin(model, tokenizer, accelerator, scoring, registry));
        try {
            return loader.load(read, read.version());
        } catch (BadPolicyException bad) {
            throw new IllegalArgumentException(bad.getMessage(), bad);
        }
    }

    /** The model that a folder's policy is made for, null where it says none. */
    public static @Nullable String modelOf(Path folder) throws IOException {
        PolicyFolder read = new PolicyFolder(folder);
        return new PolicySpecReader(read, new Problems(read.name())).read().model();
    }

    public Optional<Policy> find(String name) {
        return Optional.ofNullable(policies.get(name));
    }

    /** All policies, by name. */
    public List<Policy> all() {
        return List.copyOf(policies.values());
    }

    /** Reads what has changed since the last time. */
    public synchronized void reload() {
        try {
            List<PolicyFolder> folders = PolicyFolder.under(root);
            folders.forEach(this::read);
            removeAllBut(folders.stream().map(PolicyFolder::name).toList());
        } catch (IOException e) {
            LOG.warn("The policies in {} cannot be read: {}", root, e.toString());
        }
    }

    @Override
    public synchronized void close() {
        if (polling != null) {
            polling.dispose();
        }
        policies.values().forEach(Policy::close);
        policies = Map.of();
    }

    private synchronized void watch() {
        polling = scheduler.schedulePeriodically(this::reload, POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void read(PolicyFolder folder) {
        Policy served = policies.get(folder.name());
        try {
            if (hasChanged(folder)) {
                String version = folder.version();
                if (served == null || !served.version().equals(version)) {
                    Policy policy = loader.load(folder, version);
                    refuseShared(policy);
                    replace(served, policy);
                }
            }
        } catch (BadPolicyException | IOException e) {
            meters.refused();
            String fate = served == null ? "is skipped" : "stays at version " + served.version();
            LOG.warn("Policy {} {}: {}", folder.name(), fate, e.getMessage());
        }
    }

    /** Of two policies that would serve the same the one that is served stays; at the start that is the first by name. */
    private void refuseShared(Policy policy) throws BadPolicyException {
        Problems problems = new Problems(policy.name());
        for (Policy other : policies.values()) {
            if (!other.name().equals(policy.name())) {
                policy.attachments()
                        .sharedWith(other.attachments())
                        .forEach(shared -> problems.add(
                                shared + " (expected: what no other policy serves; " + other.name() + " does)"));
            }
        }
        try {
            problems.throwIfAny();
        } catch (BadPolicyException e) {
            policy.close();
            waiting.add(policy.name());
            throw e;
        }
    }

    /** The fingerprint is taken before the files are read, so that a change in between is seen by the next poll. */
    private boolean hasChanged(PolicyFolder folder) throws IOException {
        String fingerprint = folder.fingerprint();
        return !fingerprint.equals(fingerprints.put(folder.name(), fingerprint));
    }

    private void replace(@Nullable Policy old, Policy policy) {
        Map<String, Policy> next = new TreeMap<>(policies);
        next.put(policy.name(), policy);
        policies = next;
        if (old != null && !old.attachments().equals(policy.attachments())) {
            readWaitingAgain();
        }
        meters.loaded();
        if (old != null) {
            retire(old);
        }
        if (polling != null) {
            LOG.info("Policy {} is now at version {}", policy.name(), policy.version());
        }
    }

    private void removeAllBut(List<String> names) {
        fingerprints.keySet().retainAll(names);
        for (Policy policy : all()) {
            if (!names.contains(policy.name())) {
                Map<String, Policy> next = new TreeMap<>(policies);
                next.remove(policy.name());
                policies = next;
                readWaitingAgain();
                meters.removed();
                LOG.info("Policy {} is removed", policy.name());
                retire(policy);
            }
        }
    }

    /** What they would serve may be free now. */
    private void readWaitingAgain() {
        fingerprints.keySet().removeAll(waiting);
        waiting.clear();
    }

    private void retire(Policy policy) {
        scheduler.schedule(policy::close, GRACE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
