package io.irscale.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's compiled normalizer ({@code precompiled_charsmap}): the size of a trie in bytes, the trie as a double
 * array (darts-clone's units), and the texts that its leaves point into, each ended by a NUL. Whoever looks a text up
 * goes where the units send him; {@link #check} proves that no text leads outside.
 */
final class Charsmap {
    private static final int LEAF = 1 << 8;
    private static final int WIDE_OFFSET = 1 << 9;
    // A unit that is no leaf's value has the byte that leads to it below, and the highest bit off.
    private static final int LABEL = 1 << 31 | 0xFF;
    private static final int MOST_CONTINUATIONS = 3;

    private final int[] units;
    private final byte[] texts;
    // Positions by how many bytes of the character begun are to come.
    private final BitSet[] seen = new BitSet[MOST_CONTINUATIONS + 1];
    private final Deque<State> open = new ArrayDeque<>();

    private record State(int position, int continuations) {}

    private Charsmap(int[] units, byte[] texts) {
        this.units = units;
        this.texts = texts;
        for (int i = 0; i < seen.length; i++) {
            seen[i] = new BitSet(units.length);
        }
    }

    /**
     * Checks a map.
     *
     * @throws IllegalArgumentException if it is damaged, saying how
     */
    static void check(String base64) {
        // Java lets the padding be left out, the tokenizers library does not.
        if (base64.length() % 4 != 0) {
            throw new IllegalArgumentException("its " + base64.length() + " characters of base64 are no multiple of 4");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        if (!Base64.getEncoder().encodeToString(bytes.array()).equals(base64)) {
            throw new IllegalArgumentException("its last character of base64 has bits beyond the last byte");
        }
        long size = bytes.remaining() < Integer.BYTES ? 0 : Integer.toUnsignedLong(bytes.getInt());
        if (size == 0 || size % Integer.BYTES != 0 || size > bytes.remaining()) {
            throw new IllegalArgumentException("its trie has " + size + " bytes, expected a multiple of 4 up to the "
                    + bytes.remaining() + " left");
        }
        int[] units = new int[(int) size / Integer.BYTES];
        bytes.asIntBuffer().get(units);
        byte[] texts = new byte[bytes.remaining() - (int) size];
        bytes.get(bytes.position() + (int) size, texts);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its texts are no valid UTF-8", e);
        }
        new Charsmap(units, texts).walk();
    }

    private void walk() {
        visit(offset(units[0]), 0);
        while (!open.isEmpty()) {
            State state = open.remove();
            if (state.continuations() > 0) {
                follow(state, 0x80, 0xBF, state.continuations() - 1);
                continue;
            }
            follow(state, 0x01, 0x7F, 0);
            follow(state, 0xC2, 0xDF, 1);
            follow(state, 0xE0, 0xEF, 2);
            follow(state, 0xF0, 0xF4, MOST_CONTINUATIONS);
        }
    }

    private void follow(State from, int first, int last, int continuations) {
        for (int next = first; next <= last; next++) {
            int position = from.position() ^ next;
            int unit = unit(position);
            if ((unit & LABEL) != next) {
                continue;
            }
            int target = position ^ offset(unit);
            if ((unit & LEAF) != 0) {
                requireText(unit(target) & Integer.MAX_VALUE, continuations);
            }
            visit(target, continuations);
        }
    }

    private void visit(int position, int continuations) {
        if (!seen[continuations].get(position)) {
            seen[continuations].set(position);
            open.add(new State(position, continuations));
        }
    }

    private int unit(int position) {
        if (position >= units.length) {
            throw new IllegalArgumentException(
                    "its trie leads to unit " + position + ", and has " + units.length + " of them");
        }
        return units[position];
    }

    private static int offset(int unit) {
        return (unit >>> 10) << ((unit & WIDE_OFFSET) >>> 6);
    }

    private void requireText(int at, int continuations) {
        boolean inside = at <= texts.length && (at == texts.length || (texts[at] & 0xC0) != 0x80);
        if (!inside || continuations > 0) {
            throw new IllegalArgumentException("its trie has a leaf for text " + at + " of " + texts.length
                    + " bytes that begins or ends within a character");
        }
    }
}
