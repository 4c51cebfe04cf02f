// Check a checkpoint, an inclusion proof and a consistency proof with golang.org/x/mod/sumdb: an implementation we did not write.
//
// usage: check VKEY < JSON; prints "ok" or the first refusal.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Note        string   // signed checkpoint of the tree
	Leaf        []byte   // bytes of the leaf at Index
	Index       int64    // its place
	Inclusion   [][]byte // hashes from the leaf up
	OldSize     int64    // an earlier tree
	OldRoot     []byte   // and its root
	Consistency [][]byte // hashes between the two
}

func hashes(in [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(in))
	for i, h := range in {
		copy(out[i][:], h)
	}
	return out
}

func check(vkey string, in input) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(in.Note), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(hashes(in.Inclusion), size, root, in.Index, tlog.RecordHash(in.Leaf)); err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	var old tlog.Hash
	copy(old[:], in.OldRoot)
	if err := tlog.CheckTree(hashes(in.Consistency), size, root, in.OldSize, old); err != nil {
		return fmt.Errorf("consistency: %w", err)
	}
	return nil
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fmt.Println("input:", err)
		os.Exit(2)
	}
	if err := check(os.Args[1], in); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
