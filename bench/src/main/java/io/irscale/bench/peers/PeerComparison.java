package io.irscale.bench.peers;

import io.irscale.bench.SyntheticFlux;
import io.irscale.denoise.FluxConfig;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * irscale against diffusers: a step of a 71 M-parameter FLUX, best-of-16 with it, and with the demo model. Peers take
 * turns; a comparison is refused when their outputs do not agree. Arguments: PYTHON, ROUNDS, the work (a part of its name,
 * or all; flux-dev for the full size), then optionally {@code compiled}, {@code --libtorch DIR}, {@code --device DEVICE} and
 * {@code --json FILE}.
 */
public final class PeerComparison {
    private static final String FULL = "flux-dev";

    private final Path root = Path.of(System.getProperty("irscale.root", "."));
    private final int rounds;
    private final List<Peer> peers = new ArrayList<>();
    private final ArrayNode results = new JsonMapper().createArrayNode();

    private PeerComparison(int rounds) {
        this.rounds = rounds;
    }

    /** Prints a table. */
    public static void main(String[] arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        Optional<Path> libtorch = option(all, "--libtorch").map(Path::of);
        Optional<Path> json = option(all, "--json").map(Path::of);
        Device device = option(all, "--device").map(Device::parse).orElse(Device.CPU);
        boolean compiled = all.remove("compiled");
        if (all.size() != 3) {
            throw new IllegalArgumentException(
                    "expected: PYTHON ROUNDS WORK|all [compiled] [--libtorch DIR] [--device DEVICE] [--json FILE]");
        }
        PeerComparison comparison = new PeerComparison(Integer.parseInt(all.get(1)));
        Path worker = comparison.root.resolve("bench/peers/diffusers_worker.py");
        try (IrscalePeer ours = new IrscalePeer(libtorch, device);
                DiffusersPeer eager = new DiffusersPeer(all.get(0), worker, device, false)) {
            System.out.println("diffusers on " + eager.version());
            comparison.peers.addAll(List.of(ours, eager));
            if (compiled) {
                comparison.peers.add(new DiffusersPeer(all.get(0), worker, device, true));
            }
            comparison.run(all.get(2));
            comparison.peers.forEach(Peer::close);
            if (json.isPresent()) {
                Files.writeString(json.get(), comparison.results.toPrettyString());
            }
        }
    }

    private static Optional<String> option(List<String> arguments, String name) {
        int at = arguments.indexOf(name);
        if (at < 0) {
            return Optional.empty();
        }
        arguments.remove(at);
        return Optional.of(arguments.remove(at));
    }

    private void run(String which) throws IOException {
        Path folder = Files.createTempDirectory("irscale-peers");
        Models models = new Models(folder, root.resolve("demo"));
        List<Work> works = new ArrayList<>();
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            for (int batch : List.of(1, 4)) {
                works.add(models.step("step of 71 M", SyntheticFlux.MEDIUM, dtype, batch, 256, 128));
            }
            FluxConfig medium = models.demoConfigWith(8, 4, 8);
            works.add(models.search("best-of-16 of 71 M, 4 steps, 128 px", medium, dtype, 16, 4, 128));
            works.add(models.demo("demo, one image", dtype, 1));
            works.add(models.demo("demo, best-of-16", dtype, 16));
        }
        if (which.contains(FULL)) {
            // 24 GB of weights and a GPU; so only when asked for.
            for (int edge : List.of(512, 1024)) {
                for (int batch : List.of(1, 8)) {
                    String name = "step of %s, %d px".formatted(FULL, edge);
                    works.add(models.step(name, FluxConfig.DEV, DType.BF16, batch, edge / 16 * (edge / 16), 512));
                }
            }
        }
        System.out.printf("%-52s %-9s %10s %22s %8s %16s%n", "work", "peer", "median ms", "least to most", "ratio", "");
        for (Work work : works) {
            if (which.equals("all") || work.name().contains(which)) {
                compare(work);
            }
        }
    }

    private void compare(Work work) {
        List<Peer> able = peers.stream().filter(peer -> peer.does(work)).toList();
        Peer ours = able.getFirst();
        List<Float> wanted = ours.run(work).values();
        for (Peer peer : able.subList(1, able.size())) {
            double difference = difference(peer.run(work).values(), wanted);
            if (!(difference <= work.tolerance())) {
                throw new IllegalStateException(
                        "%s: outputs of %s and irscale differ by %.1e, more than %.1e: not the same work"
                                .formatted(work.name(), peer.name(), difference, work.tolerance()));
            }
            System.out.printf(Locale.ROOT, "%s: %s agrees within %.1e%n", work.name(), peer.name(), difference);
        }
        double[][] seconds = new double[able.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int peer = 0; peer < able.size(); peer++) {
                seconds[peer][round] = able.get(peer).run(work).seconds();
            }
        }
        for (int peer = 0; peer < able.size(); peer++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = seconds[peer][round] / seconds[0][round];
            }
            Arrays.sort(ratios);
            double[] sorted = seconds[peer].clone();
            Arrays.sort(sorted);
            results.addObject()
                    .put("work", work.name())
                    .put("peer", able.get(peer).name())
                    .put("seconds", sorted[rounds / 2])
                    .put("least_seconds", sorted[0])
                    .put("most_seconds", sorted[rounds - 1])
                    .put("ratio", ratios[rounds / 2])
                    .put("least_ratio", ratios[0])
                    .put("most_ratio", ratios[rounds - 1]);
            System.out.printf(
                    Locale.ROOT,
                    "%-52s %-9s %10.1f %10.1f to %8.1f %7.2fx  %.2f to %.2f%n",
                    work.name(),
                    able.get(peer).name(),
                    1e3 * sorted[rounds / 2],
                    1e3 * sorted[0],
                    1e3 * sorted[rounds - 1],
                    ratios[rounds / 2],
                    ratios[0],
                    ratios[rounds - 1]);
        }
    }

    private static double difference(List<Float> got, List<Float> wanted) {
        if (got.size() != wanted.size()) {
            throw new IllegalStateException("a peer gave %d values, irscale %d".formatted(got.size(), wanted.size()));
        }
        double squares = 0;
        double of = 0;
        for (int i = 0; i < wanted.size(); i++) {
            squares += Math.pow((double) got.get(i) - wanted.get(i), 2);
            of += Math.pow(wanted.get(i), 2);
        }
        return Math.sqrt(squares / of);
    }
}
