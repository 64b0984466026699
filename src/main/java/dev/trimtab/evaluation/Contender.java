package dev.trimtab.evaluation;

import dev.trimtab.policy.Policy;

/**
 * One way of answering that is compared with others.
 *
 * @param name e.g. {@code preface:3}
 * @param says in words
 * @param policy what answers; the upstream alone under a policy that changes nothing
 */
record Contender(String name, String says, Policy policy) {}
