package io.irscale.cli.bench;

import io.irscale.cli.Columns;
import io.irscale.cli.Converters;
import io.irscale.cli.Version;
import io.irscale.denoise.Kernel;
import io.irscale.error.InvalidInputException;
import io.irscale.file.AtomicFile;
import io.irscale.report.Fonts;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bench's numbers, as a table, as JSON and as a picture.
 *
 * @param model folder or shape
 * @param library libtorch and its threads
 * @param ceiling operations a second of the fastest matrix multiplication
 * @param merge seconds of merging a LoRA of every linear layer
 */
record BenchReport(
        String model,
        String library,
        Device device,
        DType dtype,
        double ceiling,
        List<Double> merge,
        List<Timings> measured) {
    private static final double TERA = 1e12;
    private static final double MIB = 1 << 20;

    void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s in %s on %s (%s); kernels: %s; the fastest matrix multiplication: %.2f TFLOP/s%n",
                model,
                Converters.name(dtype),
                device,
                library,
                kernels(),
                ceiling / TERA);
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of(
                "size",
                "batch",
                "step ms p50",
                "p95",
                "launch ms",
                "TFLOP/s",
                "of fastest",
                "image s",
                "images/s",
                "peak MiB",
                "split"));
        for (Timings each : measured) {
            Workload workload = each.workload();
            lines.add(List.of(
                    Integer.toString(workload.size()),
                    Integer.toString(workload.batch()),
                    text("%.1f", 1e3 * each.quantile(Stage.STEP, 0.5)),
                    text("%.1f", 1e3 * each.quantile(Stage.STEP, 0.95)),
                    device.isCpu() ? "-" : text("%.1f", 1e3 * each.launch()),
                    text("%.2f", each.rate() / TERA),
                    text("%.0f %%", 100 * each.rate() / ceiling),
                    text("%.3f", each.latency() / workload.batch()),
                    text("%.2f", each.throughput()),
                    text("%.0f", each.peakBytes() / MIB),
                    split(each)));
        }
        Columns.write(out, lines);
        out.printf(
                "An image: text, plan, %d steps, decoding, score. Merging a LoRA of rank %d: %.1f ms.%n",
                measured.getFirst().workload().steps(), Bench.MERGED_RANK, 1e3 * Timings.quantile(merge, 0.5));
        measured.forEach(each -> each.tiers().forEach(tier -> print(out, each.workload(), tier)));
        out.flush();
    }

    private static void print(PrintWriter out, Workload workload, Tier tier) {
        List<Double> ratios = tier.ratios();
        out.printf(
                Locale.ROOT,
                "%s, %d px, batch %d: %d steps %.2f times as fast (%.2f to %.2f), %.0f %% of them mostly left out; latents"
                        + " differ by %.1e%n",
                tier.name(),
                workload.size(),
                workload.batch(),
                workload.steps(),
                ratios.get(ratios.size() / 2),
                ratios.getFirst(),
                ratios.getLast(),
                100 * tier.left(),
                tier.difference());
    }

    private static String kernels() {
        List<String> names = Arrays.stream(Kernel.values())
                .filter(Kernel::runs)
                .map(Kernel::toString)
                .toList();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String split(Timings each) {
        return String.join(
                ", ",
                each.split().entrySet().stream()
                        .map(stage -> text(stage.getKey() + " %.0f %%", 100 * stage.getValue() / each.latency()))
                        .toList());
    }

    /** {@code bench.json} and {@code bench.png}; without fonts no picture. */
    void write(Path folder) {
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        ObjectNode root = mapper.createObjectNode().put("irscale", Version.text());
        root.put("model", model)
                .put("library", library)
                .put("device", device.toString())
                .put("dtype", Converters.name(dtype))
                .put("matmul_flops_per_second", ceiling);
        ObjectNode merging = root.putObject("merge").put("rank", Bench.MERGED_RANK);
        merge.forEach(merging.putArray("seconds")::add);
        ArrayNode kernels = root.putArray("kernels");
        Stream.of(Kernel.values()).filter(Kernel::runs).forEach(kernel -> kernels.add(kernel.toString()));
        ArrayNode all = root.putArray("workloads");
        measured.forEach(each -> add(all.addObject(), each));
        AtomicFile.write(folder.resolve("bench.json"), mapper.writeValueAsBytes(root));
        if (Fonts.available()) {
            draw(folder.resolve("bench.png"));
        }
    }

    private void add(ObjectNode out, Timings each) {
        Workload workload = each.workload();
        out.put("size", workload.size()).put("batch", workload.batch()).put("steps", workload.steps());
        ObjectNode stages = out.putObject("seconds");
        each.seconds().forEach((stage, times) -> {
            ObjectNode of = stages.putObject(stage.toString());
            of.put("p50", each.quantile(stage, 0.5)).put("p95", each.quantile(stage, 0.95));
            ArrayNode runs = of.putArray("runs");
            times.forEach(runs::add);
        });
        out.put("launch_seconds_of_a_step", each.launch());
        out.put("flops_of_a_step", each.flops())
                .put("of_matmul", each.rate() / ceiling)
                .put("images_per_second", each.throughput())
                .put("peak_bytes", each.peakBytes());
        ArrayNode tiers = out.putArray("tiers");
        for (Tier tier : each.tiers()) {
            ObjectNode of = tiers.addObject().put("name", tier.name()).put("difference", tier.difference());
            of.put("left_out", tier.left());
            tier.seconds().forEach(of.putArray("seconds")::add);
            tier.lossless().forEach(of.putArray("lossless_seconds")::add);
        }
    }

    // Where the time of an image goes, by workload.
    private void draw(Path file) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(900)
                .height(500)
                .title("Seconds of an image: " + model)
                .xAxisTitle("size x batch")
                .yAxisTitle("seconds")
                .build();
        chart.getStyler().setStacked(true);
        List<String> names = measured.stream()
                .map(each -> each.workload().size() + " x " + each.workload().batch())
                .toList();
        for (Stage stage : Stage.values()) {
            List<Double> values = measured.stream()
                    .map(each -> each.split().getOrDefault(stage, 0.0)
                            / each.workload().batch())
                    .toList();
            chart.addSeries(stage.toString(), names, values);
        }
        try {
            AtomicFile.write(file, ChartEncoder.getBytes(chart, "png"));
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be drawn", e);
        }
    }
}
