// Reads a served ledger with golang.org/x/mod, which shares no code with the ledger: opens the
// signed checkpoint, proves every entry's inclusion, and proves that the tree grew out of an
// earlier checkpoint. Knows nothing of what entries mean.
//
//	outside_reader LOG VKEY [EARLIER-CHECKPOINT-FILE]
//
// x/mod asks for tiles as `tile/8/L/NNN`; here they lie under `tile/L/NNN` (C2SP tlog-tiles).
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// log is a served log; tiles that were read and authenticated are kept.
type log struct {
	base string
	kept map[string][]byte
}

func (l *log) get(path string) ([]byte, error) {
	response, err := http.Get(l.base + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, nil
}

func (l *log) Height() int { return height }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, kept := l.kept[path]
		if !kept {
			var err error
			if data, err = l.get(path); err != nil {
				return nil, err
			}
		}
		all = append(all, data)
	}
	return all, nil
}

func (l *log) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		l.kept[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = data[i]
	}
}

// entries reads bundle n of a tree of so many leaves: entries preceded by their length.
func (l *log) entries(n, size int64) ([][]byte, error) {
	width := size - n<<height
	if width > 1<<height {
		width = 1 << height
	}
	path := tlog.Tile{H: height, L: 0, N: n, W: int(width)}.Path()
	bundle, err := l.get(strings.Replace(path, "tile/8/0/", "tile/entries/", 1))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, fmt.Errorf("bundle %d is cut short", n)
		}
		length := 2 + int(binary.BigEndian.Uint16(bundle))
		all = append(all, bundle[2:length])
		bundle = bundle[length:]
	}
	if int64(len(all)) != width {
		return nil, fmt.Errorf("bundle %d has %d entries and should have %d", n, len(all), width)
	}
	return all, nil
}

// open checks a checkpoint's signature and reads its size and root.
func open(text []byte, key string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("the note is not this log's checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func read(base, key, earlier string) (int64, error) {
	l := &log{base: base, kept: map[string][]byte{}}
	text, err := l.get("checkpoint")
	if err != nil {
		return 0, err
	}
	tree, err := open(text, key)
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(tree, l)
	for n := int64(0); n<<height < tree.N; n++ {
		entries, err := l.entries(n, tree.N)
		if err != nil {
			return 0, err
		}
		for i, entry := range entries {
			index := n<<height + int64(i)
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			if err != nil {
				return 0, err
			}
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
			if err != nil {
				return 0, fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	if earlier == "" {
		return tree.N, nil
	}
	text, err = os.ReadFile(earlier)
	if err != nil {
		return 0, err
	}
	old, err := open(text, key)
	if err != nil {
		return 0, err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return 0, err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return 0, fmt.Errorf("since %d: %w", old.N, err)
	}
	return tree.N, nil
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "outside_reader LOG VKEY [EARLIER-CHECKPOINT-FILE]")
		os.Exit(1)
	}
	earlier := ""
	if len(os.Args) > 3 {
		earlier = os.Args[3]
	}
	size, err := read(os.Args[1], os.Args[2], earlier)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Printf("ok %d\n", size)
}
