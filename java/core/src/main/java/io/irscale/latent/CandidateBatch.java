package io.irscale.latent;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Candidates as rows of one latent tensor. {@link #pick} forks, drops and reorders by copying rows; weights, text and
 * tables are never touched.
 */
public final class CandidateBatch implements AutoCloseable {
    private final LatentShape shape;
    private List<Candidate> candidates;
    private Tensor latents;

    private CandidateBatch(LatentShape shape, List<Candidate> candidates, Tensor latents) {
        this.shape = shape;
        this.candidates = List.copyOf(candidates);
        this.latents = latents;
    }

    /** Candidates at their seeds' noise. */
    public static CandidateBatch noise(List<Candidate> candidates, LatentShape shape, Device device, DType dtype) {
        long[] seeds = candidates.stream().mapToLong(Candidate::seed).toArray();
        return new CandidateBatch(shape, candidates, Noise.packed(seeds, shape, device, dtype));
    }

    /** The sizes that all rows share. */
    public LatentShape shape() {
        return shape;
    }

    /** Who stands in which row. */
    public List<Candidate> candidates() {
        return candidates;
    }

    /** Packed latents (N, T, 4 C); owned by the batch. */
    public Tensor latents() {
        return latents;
    }

    /** Marks every row one step on, after its latents were stepped in place. */
    public void advance() {
        candidates = candidates.stream().map(Candidate::next).toList();
    }

    /**
     * Rearranges the batch: row i of the new batch is a copy of row {@code rows[i]} of the old one. A row named twice is
     * forked, a row not named is dropped.
     *
     * @param rows sources, one for each new row
     * @param renamed the candidates of the new rows
     */
    public void pick(long[] rows, List<Candidate> renamed) {
        if (rows.length != renamed.size()) {
            throw new InvalidInputException(
                    "%d rows are named by %d candidates".formatted(rows.length, renamed.size()));
        }
        Tensor picked = latents.rows(rows);
        latents.close();
        latents = picked;
        candidates = List.copyOf(renamed);
    }

    /** Keeps the named rows in that order and drops the others. */
    public void keep(int... rows) {
        List<Candidate> kept = IntStream.of(rows).mapToObj(this::candidate).toList();
        pick(IntStream.of(rows).asLongStream().toArray(), kept);
    }

    private Candidate candidate(int row) {
        if (row < 0 || row >= candidates.size()) {
            throw new InvalidInputException("row %d is outside [0, %d)".formatted(row, candidates.size()));
        }
        return candidates.get(row);
    }

    /** Latents (N, C, H, W), unpacked, as the VAE takes them. */
    public Tensor unpacked() {
        return Noise.unpack(latents, shape);
    }

    @Override
    public void close() {
        latents.close();
    }
}
