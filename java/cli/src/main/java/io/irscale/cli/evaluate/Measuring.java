package io.irscale.cli.evaluate;

import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.evaluate.Bootstrap;
import io.irscale.evaluate.Features;
import io.irscale.evaluate.Groups;
import io.irscale.evaluate.Interval;
import io.irscale.evaluate.KernelDistance;
import io.irscale.evaluate.Statistic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Makes numbers with intervals of features and of scores. */
final class Measuring {
    private static final int SUBSETS = 100;
    private static final int SUBSET_IMAGES = 1000;

    private final EvaluatePlan plan;
    private final ProgressView progress;
    private final Interruption interruption;
    private final AtomicLong draws = new AtomicLong();

    Measuring(EvaluatePlan plan, ProgressView progress, Interruption interruption) {
        this.plan = plan;
        this.progress = progress;
        this.interruption = interruption;
    }

    /** All metrics that are of such features. */
    List<Row> rows(Encoded encoded) {
        List<Row> rows = new ArrayList<>();
        for (Metric metric : plan.metrics()) {
            if (metric.isOf(encoded.spec().kind())) {
                rows.addAll(rows(metric, encoded));
            }
        }
        return rows;
    }

    private List<Row> rows(Metric metric, Encoded encoded) {
        Map<String, Map<String, Statistic>> byPart = new LinkedHashMap<>();
        for (int i = 0; i < plan.arms().size(); i++) {
            String arm = plan.arms().get(i).name();
            Features features = encoded.arms().get(i);
            metric.statistics(encoded.reference(), features)
                    .forEach((part, statistic) -> byPart.computeIfAbsent(part, name -> new LinkedHashMap<>())
                            .put(arm, statistic));
        }
        List<Row> rows = new ArrayList<>();
        byPart.forEach((part, statistics) -> rows.add(
                Metric.isOverReference(part)
                        ? row(part, statistics, encoded.referenceGroups())
                        : row(part, statistics)));
        return rows;
    }

    /** One number over the generated images. */
    Row row(String name, Map<String, ? extends Statistic> statistics) {
        return row(name, statistics, Optional.empty());
    }

    /** @param groups of rows that all arms share; empty where rows are each arm's own images */
    private Row row(String name, Map<String, ? extends Statistic> statistics, Optional<Groups> groups) {
        Map<String, Interval> intervals = new LinkedHashMap<>();
        Map<String, KernelDistance.Subsets> subsets = new LinkedHashMap<>();
        for (Arm arm : plan.arms()) {
            Statistic statistic = statistics.get(arm.name());
            if (statistic != null) {
                intervals.put(arm.name(), plan.bootstrap().of(new Told(statistic), groups.orElseGet(arm::groups)));
                if (statistic instanceof KernelDistance distance) {
                    subsets.put(
                            arm.name(),
                            distance.subsets(
                                    SUBSETS, SUBSET_IMAGES, plan.bootstrap().seed()));
                }
            }
        }
        return new Row(name, intervals, change(statistics, groups), subsets);
    }

    private Optional<Bootstrap.Change> change(Map<String, ? extends Statistic> statistics, Optional<Groups> groups) {
        if (plan.compared().isEmpty()) {
            return Optional.empty();
        }
        EvaluatePlan.Pair pair = plan.compared().get();
        Statistic before = statistics.get(pair.before().name());
        Statistic after = statistics.get(pair.after().name());
        if (before == null || after == null) {
            return Optional.empty();
        }
        return Optional.of(plan.bootstrap()
                .change(
                        new Told(before),
                        groups.orElseGet(() -> groups(pair, pair.before())),
                        new Told(after),
                        groups.orElseGet(() -> groups(pair, pair.after()))));
    }

    /** Without common prompts any images may be drawn together: they have nothing to do with each other. */
    private static Groups groups(EvaluatePlan.Pair pair, Arm arm) {
        return pair.paired() ? arm.groups() : Groups.single(arm.images().size());
    }

    /** Tells of each draw. */
    private final class Told implements Statistic {
        private final Statistic inner;

        private Told(Statistic inner) {
            this.inner = inner;
        }

        @Override
        public int count() {
            return inner.count();
        }

        @Override
        public double value() {
            return inner.value();
        }

        @Override
        public double of(int[] rows) {
            interruption.check("nothing is written");
            double value = inner.of(rows);
            long done = draws.incrementAndGet();
            synchronized (Measuring.this) {
                progress.reached(done, Double.NaN);
            }
            return value;
        }
    }
}
