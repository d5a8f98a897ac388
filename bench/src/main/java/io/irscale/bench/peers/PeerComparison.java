package io.irscale.bench.peers;

import io.irscale.denoise.FluxConfig;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * irscale against diffusers: a step of a 71 M-parameter FLUX, best-of-16 with it, and with the demo model. Peers take
 * turns; a comparison is refused when their outputs do not agree. Arguments: PYTHON, ROUNDS, the work (a part of its name,
 * or all; flux-dev for the full size), then optionally {@code compiled}, {@code --libtorch DIR}, {@code --device DEVICE} and
 * {@code --json FILE}.
 */
public final class PeerComparison {
    private static final String FULL = "flux-dev";
    private static final int MOST_WARMUPS = 20;
    private static final double WARM_SECONDS = 2;
    private static final List<String> PROMPTS = List.of(
            "an aerial infrared image at night with 1 person",
            "an aerial infrared image at night with 2 cars",
            "an aerial infrared image at night with 5 cars and 1 person",
            "an aerial infrared image at night with 3 bicycles",
            "an aerial infrared image at night with 4 persons",
            "an aerial infrared image by day with 2 persons",
            "an aerial infrared image by day with 6 cars",
            "an aerial infrared image by day with 1 bicycle and 2 persons",
            "an aerial infrared image by day with 1 car",
            "an aerial infrared image at night with nothing on the road");

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
        try (Models models = new Models(root.resolve("demo"))) {
            run(which, models);
        }
    }

    private void run(String which, Models models) throws IOException {
        List<Work> works = new ArrayList<>();
        List<Work.Search> pruned = new ArrayList<>();
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            for (int batch : List.of(1, 4)) {
                works.add(models.step("step of 71 M", FluxConfig.MEDIUM, dtype, batch, 256, 128));
            }
            FluxConfig medium = models.demoConfigWith(8, 64, 4, 8);
            works.add(models.search("best-of-16 of 71 M, 4 steps, 128 px", medium, dtype, 16, 4, 128));
            works.add(models.demo("demo, one image", dtype, 1));
            works.add(models.demo("demo, best-of-16", dtype, 16));
            pruned.add(models.demo("demo, best-of-16 by pruning", dtype, 16));
        }
        if (which.contains(FULL)) {
            // 24 GB of weights and a GPU; so only when asked for.
            for (int edge : List.of(512, 1024)) {
                for (int batch : List.of(1, 8)) {
                    String name = "step of %s, %d px".formatted(FULL, edge);
                    works.add(models.step(name, FluxConfig.DEV, DType.BF16, batch, edge / 16 * (edge / 16), 512));
                }
            }
            // The demo's VAE makes 4 pixels of a place rather than 8: 1024 tokens, FLUX.1's at 512 px.
            FluxConfig large = models.demoConfigWith(24, 128, 19, 38);
            pruned.add(models.search(FULL + "'s blocks, best-of-16 by pruning", large, DType.BF16, 16, 28, 256));
        }
        System.out.printf("%-52s %-9s %10s %22s %8s %16s%n", "work", "peer", "median ms", "least to most", "ratio", "");
        for (Work work : works) {
            if (which.equals("all") || work.name().contains(which)) {
                models.write(work);
                compare(work);
            }
        }
        for (Work.Search work : pruned) {
            if (which.equals("all") || work.name().contains(which)) {
                models.write(work);
                prune(work);
            }
        }
    }

    // Not the same work, but for the same end: how much sooner, and how often it is the same image.
    private void prune(Work.Search work) {
        Peer ours = peers.get(0);
        Peer loop = peers.get(1);
        double[] ratios = new double[PROMPTS.size()];
        double[] seconds = new double[PROMPTS.size()];
        int same = 0;
        int sameOfAll = 0;
        ours.run(work.of(Work.Search.PROMPT, true));
        loop.run(work.of(Work.Search.PROMPT, false));
        for (int i = 0; i < PROMPTS.size(); i++) {
            Peer.Outcome fast = ours.run(work.of(PROMPTS.get(i), true));
            Peer.Outcome full = ours.run(work.of(PROMPTS.get(i), false));
            Peer.Outcome theirs = loop.run(work.of(PROMPTS.get(i), false));
            seconds[i] = fast.seconds();
            ratios[i] = theirs.seconds() / fast.seconds();
            same += best(fast.values()) == best(theirs.values()) ? 1 : 0;
            sameOfAll += best(full.values()) == best(theirs.values()) ? 1 : 0;
        }
        Arrays.sort(ratios);
        Arrays.sort(seconds);
        int middle = ratios.length / 2;
        add(work.name(), loop.name(), new double[] {seconds[0], seconds[middle], seconds[seconds.length - 1]}, ratios)
                .put("prompts", ratios.length)
                .put("same_winner", same)
                .put("same_winner_without_pruning", sameOfAll);
        System.out.printf(
                Locale.ROOT,
                "%-52s %-9s %10.1f %10.1f to %8.1f %7.2fx  %.2f to %.2f; the peer's winner for %d of %d prompts (%d without"
                        + " pruning)%n",
                work.name(),
                "irscale",
                1e3 * seconds[middle],
                1e3 * seconds[0],
                1e3 * seconds[seconds.length - 1],
                ratios[middle],
                ratios[0],
                ratios[ratios.length - 1],
                same,
                ratios.length,
                sameOfAll);
    }

    private static int best(List<Float> scores) {
        return scores.indexOf(Collections.max(scores));
    }

    private ObjectNode add(String work, String peer, double[] seconds, double[] ratios) {
        return results.addObject()
                .put("work", work)
                .put("peer", peer)
                .put("seconds", seconds[seconds.length / 2])
                .put("least_seconds", seconds[0])
                .put("most_seconds", seconds[seconds.length - 1])
                .put("ratio", ratios[ratios.length / 2])
                .put("least_ratio", ratios[0])
                .put("most_ratio", ratios[ratios.length - 1]);
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
        able.forEach(peer -> warm(peer, work));
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
            add(work.name(), able.get(peer).name(), sorted, ratios);
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

    // Compilers at run time, caches and allocators have seen the work before it counts.
    private static void warm(Peer peer, Work work) {
        double spent = 0;
        for (int run = 0; run < MOST_WARMUPS && spent < WARM_SECONDS; run++) {
            spent += peer.run(work).seconds();
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
