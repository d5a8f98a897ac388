package io.irscale.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.search.Budget;
import io.irscale.search.Candidate;
import io.irscale.search.FakeBackend;
import io.irscale.search.Scores;
import io.irscale.search.Search;
import io.irscale.search.Strategy;
import io.irscale.solver.EulerOde;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class TreeNodeTest {
    /** Two noises; images worth 1 and 2 under one, 3 under the other. */
    @Test
    void valuesAreSoftMeansOfChildren() {
        double lambda = 2;
        List<Double> values = new ArrayList<>();
        withScores(List.of(1.0, 2.0, 3.0), (images, scores) -> {
            TreeNode root = TreeNode.root(2);
            TreeNode first = root.add(2);
            TreeNode second = root.add(2);
            first.add(0).finish(images.get(0));
            first.add(0).finish(images.get(1));
            second.add(0).finish(images.get(2));
            root.backUp(scores, lambda);
            values.addAll(List.of(root.value(), first.value(), second.value()));
        });
        double first = Math.log((Math.exp(2) + Math.exp(4)) / 2) / lambda;
        assertThat(values.get(1)).isCloseTo(first, within(1e-12));
        assertThat(values.get(2)).isCloseTo(3, within(1e-12));
        assertThat(values.get(0)).isCloseTo(Math.log((Math.exp(2 * first) + Math.exp(6)) / 2) / lambda, within(1e-12));
    }

    @Test
    void largeValuesDoNotOverflowAndMissingOnesCountAsNothing() {
        List<Double> values = new ArrayList<>();
        withScores(List.of(900.0, Double.NaN, Double.NaN), (images, scores) -> {
            TreeNode root = TreeNode.root(2);
            TreeNode first = root.add(2);
            TreeNode second = root.add(2);
            first.add(0).finish(images.get(0));
            first.add(0).finish(images.get(1));
            second.add(0).finish(images.get(2));
            root.backUp(scores, 5);
            values.addAll(List.of(first.value(), second.value()));
        });
        assertThat(values.get(0)).isCloseTo(900 - Math.log(2) / 5, within(1e-9));
        assertThat(values.get(1)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    private static void withScores(List<Double> rewards, BiConsumer<List<Candidate>, Scores> use) {
        Iterator<Double> next = rewards.iterator();
        FakeBackend backend = new FakeBackend(1, (x, t) -> x, (x0, preview) -> next.next());
        Strategy strategy = new Strategy() {
            @Override
            public String name() {
                return "scores";
            }

            @Override
            public void run(Search search) {
                List<Candidate> images = search.start(rewards.size());
                search.denoise(images, search.steps(), EulerOde.ODE);
                use.accept(images, search.score(images));
                search.drop(images);
            }
        };
        assertThat(Trial.run(backend, strategy, Budget.NONE, 2, 16, 7).result().ranked())
                .hasSize(rewards.size());
    }
}
