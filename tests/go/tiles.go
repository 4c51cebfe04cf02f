// Check a folder in C2SP tlog-tiles layout with golang.org/x/mod/sumdb: an implementation we did not write.
//
// usage: tiles VKEY DIR; prints "ok SIZE" or the first refusal. Every tile that Go knows of for a tree of this size must be there and no
// other file; the tiles must give the signed root; each entry must be proven by a proof that Go makes from the tiles.
package main

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type folder struct{ dir string }

func (f folder) Height() int { return 8 }

func path(t tlog.Tile) string { return "tile/" + strings.TrimPrefix(t.Path(), "tile/8/") }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(f.dir, path(t)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func check(vkey, dir string) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	signed, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return 0, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return 0, err
	}
	expected := map[string]bool{"checkpoint": true}
	tiles := tlog.NewTiles(8, 0, size) // partial ones in every width they had; the last of a place is the widest
	for i, t := range tiles {
		if i+1 < len(tiles) && tiles[i+1].L == t.L && tiles[i+1].N == t.N {
			continue
		}
		expected[path(t)] = true
		if t.L == 0 {
			expected[strings.Replace(path(t), "tile/0/", "tile/entries/", 1)] = true
		}
	}
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ = filepath.Rel(dir, name)
		if !expected[name] {
			return fmt.Errorf("unexpected file %s", name)
		}
		delete(expected, name)
		return nil
	})
	if err != nil {
		return 0, err
	}
	for name := range expected {
		return 0, fmt.Errorf("missing file %s", name)
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, folder{dir})
	found, err := tlog.TreeHash(size, reader)
	if err != nil {
		return 0, err
	}
	if found != root {
		return 0, fmt.Errorf("tiles give another root")
	}
	return size, entries(dir, size, root, reader)
}

func entries(dir string, size int64, root tlog.Hash, reader tlog.HashReader) error {
	for first := int64(0); first < size; first += 256 {
		t := tlog.Tile{H: 8, L: 0, N: first / 256, W: 256}
		if size-first < 256 {
			t.W = int(size - first)
		}
		data, err := os.ReadFile(filepath.Join(dir, strings.Replace(path(t), "tile/0/", "tile/entries/", 1)))
		if err != nil {
			return err
		}
		for n := first; n < first+int64(t.W); n++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return fmt.Errorf("entry %d is cut short", n)
			}
			length := 2 + int(binary.BigEndian.Uint16(data))
			// the root alone vouches: old versions of ReadHashes leave out some tiles when they compare with their parents
			proof, err := tlog.ProveRecord(size, n, reader)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, size, root, n, tlog.RecordHash(data[2:length])); err != nil {
				return fmt.Errorf("entry %d is not in the tree: %w", n, err)
			}
			data = data[length:]
		}
		if len(data) > 0 {
			return fmt.Errorf("more than %d entries in a bundle", t.W)
		}
	}
	return nil
}

func main() {
	size, err := check(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok", size)
}
