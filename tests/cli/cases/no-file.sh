# A missing, empty or foreign file is named, and nothing is written.
mote train missing.yaml
mote info missing.mote
: >empty.mote
mote info empty.mote
mkdir folder.mote
mote info folder.mote
echo 'these are not the weights you are looking for' >text.mote
mote info text.mote
ls
