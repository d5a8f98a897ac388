package io.irscale.strategy;

import io.irscale.error.InvalidInputException;
import io.irscale.search.Candidate;
import io.irscale.search.Outlook;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.FlowGrpo;
import io.irscale.solver.Solver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Diffusion tree search and sampling, DTS* and DTS (arXiv 2506.20701): a tree of denoising paths that branch at a few
 * levels. A rollout walks from the root to the first node that has not all its children yet - to the child of the highest
 * value (DTS*), or to one at random in proportion to e^(lambda v) (DTS) -, draws a child there, and takes it to the end
 * with a stochastic solver; every level that it passes becomes a node. The image's score is backed up softly:
 * v = (1 / lambda) log mean over children of e^(lambda v), from scores at the leaves up.
 *
 * <p>A rollout from a node at step b of T costs T - b - 1 forwards, one from fresh noise T, and one verifier call each: what
 * it shares with others, the node's velocity too, is free. Rollouts go
 * a few at a time; they know the values before them. It is an anytime search: a budget may end it after any of them. When
 * all nodes are full a bounded search plants a new tree.
 *
 * @param levels where paths branch besides at the noise itself, as shares of the steps, rising, above 0 and below 1;
 *     rounded to steps, and those that fall on step 0, the last or a level before count for nothing
 * @param noises children of the root, 1 to 1,000,000
 * @param children of every other node, 1 to 1,000,000
 * @param greedy DTS* if true, else DTS
 * @param lambda above 0, in units of 1 / score: how much better scores are preferred
 * @param rollouts of a tree, 1 to 1,000,000; empty: as many as the budget allows
 * @param atOnce rollouts at a time, 1 to 1,000,000: more fill the device, fewer follow the values more closely
 * @param latents of nodes that are kept for more rollouts, 1 to 1,000,000; beyond that, those of the lowest values go
 * @param solver between levels; stochastic, or all children of a node become the same image
 */
public record TreeSearch(
        List<Double> levels,
        int noises,
        int children,
        boolean greedy,
        double lambda,
        OptionalInt rollouts,
        int atOnce,
        int latents,
        Solver solver)
        implements Strategy {
    /** @throws InvalidInputException if a setting is out of its range */
    public TreeSearch {
        levels = List.copyOf(levels);
        Settings.requireRising("tree level", levels);
        Settings.requireCount("tree noises", noises);
        Settings.requireCount("tree children", children);
        Settings.requirePositive("tree lambda", lambda);
        Settings.requireCount("tree rollouts", rollouts);
        Settings.requireCount("tree rollouts at once", atOnce);
        Settings.requireCount("tree latents", latents);
    }

    /** DTS*: 8 noises, 4 children at each of 4 levels, lambda 100 for cosines that differ by hundredths. */
    public static TreeSearch defaults() {
        return new TreeSearch(
                List.of(0.1, 0.25, 0.45, 0.7), 8, 4, true, 100, OptionalInt.empty(), 4, 256, FlowGrpo.DEFAULT);
    }

    @Override
    public String name() {
        return "tree";
    }

    @Override
    public void check(Outlook outlook) {
        Settings.requireEnd("tree rollouts", rollouts, outlook);
    }

    @Override
    public void run(Search search) {
        long whole = search.cost(0, search.steps());
        Affordable.rounds(search, () -> Affordable.of(search, whole, 1, 1), one -> grow(search));
    }

    /** A path under way to {@code node}. */
    private record Rollout(Candidate candidate, TreeNode node) {}

    private void grow(Search search) {
        int[] steps = steps(search);
        TreeNode root = TreeNode.root(noises);
        int left = rollouts.orElse(Integer.MAX_VALUE);
        List<Rollout> next = begin(search, root, steps, left);
        while (!next.isEmpty()) {
            rollOut(search, next, steps);
            List<Candidate> images =
                    root.all().flatMap(node -> node.image().stream()).toList();
            root.backUp(search.score(images), lambda);
            forget(search, root);
            left -= next.size();
            next = begin(search, root, steps, left);
        }
        search.drop(root.all().flatMap(node -> node.latent().stream()).toList());
    }

    /** Each rollout counts as a child from the start, so that the next one may go elsewhere. */
    private List<Rollout> begin(Search search, TreeNode root, int[] steps, int left) {
        List<Rollout> begun = new ArrayList<>();
        long cost = 0;
        TreeNode parent = descend(search, root);
        while (begun.size() < Math.min(atOnce, left) && parent.grows()) {
            cost += search.cost(parent.isRoot() ? 0 : steps[parent.depth()] + 1, search.steps());
            if (!search.affords(cost, begun.size() + 1)) {
                return begun;
            }
            Candidate candidate = parent.isRoot()
                    ? search.start(1).getFirst()
                    : search.fork(parent.latent().orElseThrow(), 1).getFirst();
            begun.add(new Rollout(candidate, addTo(search, parent, steps)));
            parent = descend(search, root);
        }
        return begun;
    }

    /** Adds a child; a node that is full then needs its latent no more. */
    private TreeNode addTo(Search search, TreeNode parent, int[] steps) {
        TreeNode child = parent.add(parent.depth() + 1 < steps.length ? children : 0);
        if (parent.isFull() && parent.latent().isPresent()) {
            search.drop(List.of(parent.release()));
        }
        return child;
    }

    /** The first node on the way down that grows, or the last one if none does. */
    private TreeNode descend(Search search, TreeNode root) {
        TreeNode node = root;
        List<TreeNode> open = node.openChildren();
        while (!node.grows() && !open.isEmpty()) {
            node = greedy ? best(open) : drawn(search, open);
            open = node.openChildren();
        }
        return node;
    }

    private static TreeNode best(List<TreeNode> nodes) {
        return Collections.max(nodes, Comparator.comparingDouble(TreeNode::value));
    }

    private TreeNode drawn(Search search, List<TreeNode> nodes) {
        double most = best(nodes).value();
        double[] weights = nodes.stream()
                .mapToDouble(node -> node.value() == most ? 1 : Math.exp(lambda * (node.value() - most)))
                .toArray();
        double point = search.random().nextDouble() * DoubleStream.of(weights).sum();
        int i = 0;
        while (i < weights.length - 1 && point >= weights[i]) {
            point -= weights[i++];
        }
        return nodes.get(i);
    }

    private void rollOut(Search search, List<Rollout> begun, int[] steps) {
        List<Rollout> rollouts = new ArrayList<>(begun);
        for (int level = 0; level < steps.length; level++) {
            int depth = level;
            Predicate<Rollout> here = rollout -> rollout.node().depth() == depth;
            List<Candidate> arriving = candidates(rollouts.stream().filter(here).toList());
            search.denoise(arriving, steps[depth], solver);
            search.evaluate(arriving); // once for all that will branch off here
            rollouts.replaceAll(rollout -> here.test(rollout) ? pass(search, rollout, steps) : rollout);
        }
        List<Candidate> images = candidates(rollouts);
        search.denoise(images, search.steps(), solver);
        search.score(images);
        search.drop(images);
        rollouts.forEach(rollout -> rollout.node().finish(rollout.candidate()));
    }

    /** Leaves a copy at the node that was reached, and goes on below it. */
    private Rollout pass(Search search, Rollout rollout, int[] steps) {
        rollout.node().hold(search.fork(rollout.candidate(), 1).getFirst());
        return new Rollout(rollout.candidate(), addTo(search, rollout.node(), steps));
    }

    private static List<Candidate> candidates(List<Rollout> rollouts) {
        return rollouts.stream().map(Rollout::candidate).toList();
    }

    private void forget(Search search, TreeNode root) {
        List<TreeNode> holding =
                root.all().filter(node -> node.latent().isPresent()).toList();
        holding.stream()
                .sorted(Comparator.comparingDouble(TreeNode::value))
                .limit(Math.max(0, holding.size() - latents))
                .forEach(node -> search.drop(List.of(node.release())));
    }

    private int[] steps(Outlook outlook) {
        IntStream branching =
                levels.stream().mapToInt(level -> Settings.step(outlook, level)).filter(step -> step < outlook.steps());
        return IntStream.concat(IntStream.of(0), branching).distinct().toArray();
    }
}
