package io.irscale.strategy;

import io.irscale.search.Candidate;
import io.irscale.search.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A place in the tree of denoising paths: the root above all noise, a latent at one of the levels, or an image. */
final class TreeNode {
    private final int depth;
    private final int limit;
    private final List<TreeNode> children = new ArrayList<>();
    // What rollouts start from, or the finished image that scores are known by.
    private Optional<Candidate> latent = Optional.empty();
    private Optional<Candidate> image = Optional.empty();
    private double value = Double.NaN;

    private TreeNode(int depth, int limit) {
        this.depth = depth;
        this.limit = limit;
    }

    /** A tree of so many noises at most. */
    static TreeNode root(int noises) {
        return new TreeNode(-1, noises);
    }

    /** A child with room for so many of its own. */
    TreeNode add(int childLimit) {
        TreeNode child = new TreeNode(depth + 1, childLimit);
        children.add(child);
        return child;
    }

    /** The level it stands at: 0 is noise, the root is above. */
    int depth() {
        return depth;
    }

    boolean isRoot() {
        return depth < 0;
    }

    Optional<Candidate> latent() {
        return latent;
    }

    void hold(Candidate candidate) {
        latent = Optional.of(candidate);
    }

    /** Parts with its latent, so that no rollouts start from here any more. */
    Candidate release() {
        Candidate released = latent.orElseThrow();
        latent = Optional.empty();
        return released;
    }

    void finish(Candidate finished) {
        image = Optional.of(finished);
    }

    Optional<Candidate> image() {
        return image;
    }

    boolean isFull() {
        return children.size() >= limit;
    }

    /** Whether a rollout can start here. */
    boolean grows() {
        return !isFull() && (isRoot() || latent.isPresent());
    }

    /** Children at or below which a rollout can start. */
    List<TreeNode> openChildren() {
        return children.stream()
                .filter(child -> child.all().anyMatch(TreeNode::grows))
                .toList();
    }

    /** This node and all below. */
    Stream<TreeNode> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(TreeNode::all));
    }

    /** The value that was last backed up, NaN before. */
    double value() {
        return value;
    }

    /** Soft backup: an image is worth its score, a node (1 / lambda) log mean e^(lambda v) over its children. */
    double backUp(Scores scores, double lambda) {
        value = image.isPresent()
                ? scores.of(image.get())
                : softMean(
                        children.stream()
                                .mapToDouble(child -> child.backUp(scores, lambda))
                                .toArray(),
                        lambda);
        return value;
    }

    private static double softMean(double[] values, double lambda) {
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            most = Math.max(most, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += value == most ? 1 : Math.exp(lambda * (value - most)); // also where all are negative infinity
        }
        return most + Math.log(sum / values.length) / lambda;
    }
}
