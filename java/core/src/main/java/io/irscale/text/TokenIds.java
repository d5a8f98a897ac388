package io.irscale.text;

import java.util.List;

/**
 * One prompt as token ids, padded to a fixed length. Immutable.
 *
 * <p>The first {@link #used()} ids are the prompt with its special tokens, the last of them the end-of-text token (EOS);
 * all ids after them are padding. Where SigLIP 2's files put the padding first, it is the last ones.
 */
public final class TokenIds {
    private final int[] ids;
    private final int used;
    private final boolean truncated;
    private final String cut;
    private final List<String> unknown;

    TokenIds(int[] ids, int used, boolean truncated, String cut, List<String> unknown) {
        this.ids = ids;
        this.used = used;
        this.truncated = truncated;
        this.cut = cut;
        this.unknown = List.copyOf(unknown);
    }

    /** {@return the empty prompt of so many ids, all of them 0: for work whose cost no token changes} */
    public static TokenIds empty(int length) {
        return new TokenIds(new int[length], 1, false, "", List.of());
    }

    /** {@return the same with the padding before the prompt} */
    TokenIds paddedLeft() {
        int[] shifted = new int[ids.length];
        int padding = ids.length - used;
        System.arraycopy(ids, 0, shifted, padding, used);
        System.arraycopy(ids, used, shifted, 0, padding);
        return new TokenIds(shifted, used, truncated, cut, unknown);
    }

    /** {@return the ids, {@link #length()} of them; a copy} */
    public int[] ids() {
        return ids.clone();
    }

    /** {@return the number of ids, padding included: the {@code maxLength} that was asked for} */
    public int length() {
        return ids.length;
    }

    /** {@return the number of ids that are no padding, special tokens included; 1..{@link #length()}} */
    public int used() {
        return used;
    }

    /** {@return whether the prompt was too long, so that tokens were dropped from its end} */
    public boolean truncated() {
        return truncated;
    }

    /**
     * {@return the end of the prompt that the encoder will not see, as the user wrote it, without the white space around
     * it; empty where nothing was dropped}
     */
    public String cut() {
        return cut;
    }

    /**
     * {@return the words of the prompt of which a part is in no vocabulary, each once: the encoder sees that there is
     * something, not what}
     */
    public List<String> unknown() {
        return unknown;
    }
}
