// For mongosh: makes the replica set if there is none yet, and waits for its primary.
const members = ["mongo-1:27017", "mongo-2:27017", "mongo-3:27017"];
const notYetInitialized = 94;

try {
  rs.status();
} catch (error) {
  if (error.code !== notYetInitialized) throw error;
  rs.initiate({ _id: "weir", members: members.map((host, _id) => ({ _id, host })) });
}

for (let second = 0; !rs.status().members.some((member) => member.stateStr === "PRIMARY"); second++) {
  if (second === 60) {
    print("the replica set has no primary after a minute");
    quit(1);
  }
  sleep(1000);
}
